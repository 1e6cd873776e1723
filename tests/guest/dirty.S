# SPDX-License-Identifier: LGPL-2.1-or-later
#
# dirty.S - a guest that does nothing but change its memory and check it.
#
# The image is used in place of a BIOS (qemu-system-x86_64 -bios dirty.bin) and
# needs nothing but a CPU, RAM, a PIT and, to be heard, a debug console at I/O
# port 0xe9. It is assembled as 32-bit code, linked to the top 64 KiB below
# 4 GiB, runs from there, and is entirely ours.
#
# Memory, in pages of 4 KiB from 1 MiB up:
#
#   control   1 page            counters (below) and, at its end, the stack
#   scratch   1 page            what the page being checked should hold
#   delta     DELTA_PAGES       random once, then 1 to 4 short runs of bytes change per round
#   random    RANDOM_PAGES      written anew every round
#   flip      FLIP_PAGES        random data and zeros in turn, page i every 2^(i mod 4) rounds
#   still     STILL_PAGES       random, never changed; STILL_CHECK of them checked per round
#
# A round checks each page against what the round before left there, then
# changes it and pauses. All contents follow from (address, round), so that a
# checker needs no memory of its own and any lost, stale or mixed-up page shows.
#
# Control page, little-endian 32-bit words:
#
#   0x00  "QDRT"      magic, written once the memory has been filled
#   0x04  rounds finished
#   0x08  pages found bad so far (0 = sound)
#   0x0c  address of the first bad page
#   0x10  round in which it was found
#   0x14  DELTA_PAGES, RANDOM_PAGES, FLIP_PAGES, STILL_PAGES
#
# On the debug console a round says "round NNNNNNNN ok" or "round NNNNNNNN BAD".

        .ifndef DELTA_PAGES
        .set    DELTA_PAGES, 96
        .endif
        .ifndef RANDOM_PAGES
        .set    RANDOM_PAGES, 16
        .endif
        .ifndef FLIP_PAGES
        .set    FLIP_PAGES, 16
        .endif
        .ifndef STILL_PAGES
        .set    STILL_PAGES, 0
        .endif
        .ifndef STILL_CHECK
        .set    STILL_CHECK, 16
        .endif
        .ifndef PAUSE_TICKS
        .set    PAUSE_TICKS, 120        # after each changed page; 1 tick = 1/1193182 s
        .endif

        .set    PAGE, 4096
        .set    CONTROL, 0x100000
        .set    SCRATCH, CONTROL + PAGE
        .set    DELTA,   SCRATCH + PAGE
        .set    RANDOM,  DELTA + DELTA_PAGES * PAGE
        .set    FLIP,    RANDOM + RANDOM_PAGES * PAGE
        .set    STILL,   FLIP + FLIP_PAGES * PAGE
        .set    END,     STILL + STILL_PAGES * PAGE

        .set    MAGIC,     CONTROL + 0x00
        .set    ROUND,     CONTROL + 0x04
        .set    ERRORS,    CONTROL + 0x08
        .set    BAD_PAGE,  CONTROL + 0x0c
        .set    BAD_ROUND, CONTROL + 0x10
        .set    LAYOUT,    CONTROL + 0x14
        .set    STACK,     CONTROL + PAGE

        .set    DEBUGCON, 0xe9
        .set    PIT_COUNTER, 0x40
        .set    PIT_COMMAND, 0x43

        .text
        .code32
        .globl  _start
_start:
        movw    $0x10, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $STACK, %esp
        cld

        movb    $0x34, %al              # counter 0, both bytes, rate generator
        outb    %al, $PIT_COMMAND
        xorl    %eax, %eax              # from 65536 down
        outb    %al, $PIT_COUNTER
        outb    %al, $PIT_COUNTER

        # Fill: the state every page has after "round 0".
        movl    $DELTA, %ebx
1:      cmpl    $END, %ebx
        jae     2f
        movl    %ebx, %edi
        xorl    %edx, %edx
        call    make_page
        addl    $PAGE, %ebx
        jmp     1b
2:      movl    $DELTA_PAGES, LAYOUT
        movl    $RANDOM_PAGES, LAYOUT + 4
        movl    $FLIP_PAGES, LAYOUT + 8
        movl    $STILL_PAGES, LAYOUT + 12
        movl    $0x54524451, MAGIC

        # One round: ebx walks over the pages that change.
round:
        movl    $DELTA, %ebx
1:      cmpl    $STILL, %ebx
        jae     2f
        movl    ROUND, %edx
        call    check_page
        movl    ROUND, %edx
        incl    %edx
        call    change_page
        call    pause
        addl    $PAGE, %ebx
        jmp     1b
2:
        .if     STILL_PAGES
        # The still pages are checked in turn, STILL_CHECK of them per round.
        movl    ROUND, %eax
        movl    $STILL_CHECK, %ecx
        mull    %ecx
        movl    $STILL_PAGES, %ecx
        divl    %ecx
        movl    %edx, %ebx
        shll    $12, %ebx
        addl    $STILL, %ebx
        movl    $STILL_CHECK, %ebp
3:      movl    ROUND, %edx
        call    check_page
        addl    $PAGE, %ebx
        cmpl    $END, %ebx
        jb      4f
        movl    $STILL, %ebx
4:      decl    %ebp
        jnz     3b
        .endif

        incl    ROUND
        call    report
        jmp     round

# seed: eax = never-zero seed for the page at ebx in round edx.
seed:
        imull   $0x9e3779b1, %ebx, %eax
        imull   $0x85ebca6b, %edx, %ecx
        xorl    %ecx, %eax
        rorl    $15, %eax
        imull   $0xc2b2ae35, %eax, %eax
        addl    %ebx, %eax
        jnz     1f
        incl    %eax
1:      ret

# next: eax = the next value of a 32-bit xorshift generator.
        .macro  next
        movl    %eax, %ecx
        shll    $13, %ecx
        xorl    %ecx, %eax
        movl    %eax, %ecx
        shrl    $17, %ecx
        xorl    %ecx, %eax
        movl    %eax, %ecx
        shll    $5, %ecx
        xorl    %ecx, %eax
        .endm

# fill_random: page at edi = random data that follows from ebx and edx.
fill_random:
        pushl   %esi
        call    seed
        movl    $PAGE / 4, %esi
1:      next
        stosl
        decl    %esi
        jnz     1b
        popl    %esi
        ret

# fill_zero: page at edi = zeros.
fill_zero:
        xorl    %eax, %eax
        movl    $PAGE / 4, %ecx
        rep stosl
        ret

# make_page: page at edi = what the page at ebx holds after round edx.
make_page:
        cmpl    $STILL, %ebx
        jae     make_still
        cmpl    $FLIP, %ebx
        jae     make_flip
        cmpl    $RANDOM, %ebx
        jae     fill_random
        pushl   %edi                    # a delta page: its first contents, then the runs
        pushl   %edx
        xorl    %edx, %edx
        call    fill_random
        popl    %edx
        popl    %edi
        jmp     patch_page
make_still:
        xorl    %edx, %edx
        jmp     fill_random
make_flip:
        movl    %ebx, %ecx
        shrl    $12, %ecx
        andl    $3, %ecx
        movl    %edx, %eax
        shrl    %cl, %eax
        testl   $1, %eax
        jz      fill_random
        jmp     fill_zero

# change_page: bring the page at ebx to round edx. Of a delta page only the
# runs are written, which is what an XBZRLE encoder finds.
change_page:
        movl    %ebx, %edi
        cmpl    $RANDOM, %ebx
        jae     make_page
        # fall through

# patch_page: write the runs of round edx of the delta page ebx into the page
# at edi. Page number n has 1 + n mod 4 runs, shifted by 8 * (n / 4 mod 32).
patch_page:
        pushl   %esi
        pushl   %ebp
        call    seed
        movl    %ebx, %ebp
        shrl    $12, %ebp
        movl    %ebp, %ecx
        andl    $3, %ebp
        incl    %ebp                    # runs left
        shrl    $2, %ecx
        andl    $31, %ecx
        leal    (%edi,%ecx,8), %edi     # page + shift
        movl    $runs, %esi
1:      pushl   %edi
        movzwl  (%esi), %ecx
        addl    %ecx, %edi
        movzwl  2(%esi), %edx           # bytes of the run
2:      next
        stosb
        decl    %edx
        jnz     2b
        popl    %edi
        addl    $4, %esi
        decl    %ebp
        jnz     1b
        popl    %ebp
        popl    %esi
        ret

# The runs of a delta page: offset, length. Lengths and gaps lie on both sides
# of 128, from where on XBZRLE needs two bytes for a length.
runs:
        .short  5, 1
        .short  300, 3
        .short  1500, 24
        .short  3500, 200

# check_page: compare the page at ebx with what round edx left there.
check_page:
        movl    $SCRATCH, %edi
        call    make_page
        movl    %ebx, %esi
        movl    $SCRATCH, %edi
        movl    $PAGE / 4, %ecx
        repe cmpsl
        je      2f
        cmpl    $0, ERRORS
        jne     1f
        movl    %ebx, BAD_PAGE
        movl    ROUND, %eax
        movl    %eax, BAD_ROUND
1:      incl    ERRORS
2:      ret

# pause: wait PAUSE_TICKS of the PIT, so that the rate at which pages become
# dirty depends little on the speed of the host.
pause:
        call    ticks
        movl    %eax, %esi
1:      call    ticks
        movl    %esi, %ecx
        subl    %eax, %ecx              # the counter counts down
        andl    $0xffff, %ecx
        cmpl    $PAUSE_TICKS, %ecx
        jb      1b
        ret

# ticks: eax = counter 0.
ticks:
        xorl    %eax, %eax
        outb    %al, $PIT_COMMAND       # latch counter 0
        inb     $PIT_COUNTER, %al
        movb    %al, %cl
        inb     $PIT_COUNTER, %al
        movb    %al, %ah
        movb    %cl, %al
        ret

# report: one line on the debug console.
report:
        movl    $text_round, %esi
        call    puts
        movl    ROUND, %edx
        movl    $8, %edi
1:      roll    $4, %edx
        movl    %edx, %eax
        andl    $15, %eax
        movb    digits(%eax), %al
        outb    %al, $DEBUGCON
        decl    %edi
        jnz     1b
        movl    $text_ok, %esi
        cmpl    $0, ERRORS
        je      puts
        movl    $text_bad, %esi
        # fall through

# puts: the string at esi, to its NUL.
puts:
        lodsb
        testb   %al, %al
        jz      1f
        outb    %al, $DEBUGCON
        jmp     puts
1:      ret

digits:         .ascii  "0123456789abcdef"
text_round:     .asciz  "round "
text_ok:        .asciz  " ok\n"
text_bad:       .asciz  " BAD\n"

        # Flat 32-bit code and data segments.
        .balign 8
gdt:    .quad   0
        .quad   0x00cf9b000000ffff
        .quad   0x00cf93000000ffff
        .globl  gdt_pointer
gdt_pointer:
        .short  . - gdt - 1
        .long   gdt

# The first instructions, in 16-bit mode with CS based at 0xffff0000.
        .code16
entry16:
        cli
        movw    $gdt_offset, %bx
        lgdtl   %cs:(%bx)           # gdt_offset comes from dirty.ld
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpl   $0x08, $_start

        .section .reset, "ax"
        .code16
        jmp     entry16                 # 0xfffffff0
        .balign 16, 0
