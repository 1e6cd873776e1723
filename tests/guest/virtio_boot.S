/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A boot sector. Takes every feature that the first virtio device on PCI offers to a legacy driver, packed rings
 * apart, and tells the device that its driver is there. Then counts at 0x8000, which is what tells that it runs.
 */
  .code16
  .globl _start
_start:
  cli
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %ss
  movw $0x7c00, %sp
  movl $0, 0x8000
  movl $0x80000000, %ebx       /* the address of a slot's configuration */
scan:
  movb $0, %cl                 /* vendor and device */
  call read_config
  cmpw $0x1af4, %ax
  je found
  addl $0x800, %ebx
  cmpl $0x80010000, %ebx
  jb scan
  jmp count
found:
  movb $4, %cl                 /* command: answers, and is master of the bus */
  call select
  movl $7, %eax
  outl %eax, %dx
  movb $0x10, %cl              /* BAR 0: legacy registers, if they are I/O ports */
  call read_config
  testl $1, %eax
  jz count
  andw $0xfffc, %ax
  movw %ax, %si
  movb $0, %al                 /* status: reset, acknowledge, driver */
  call set_status
  movb $1, %al
  call set_status
  movb $3, %al
  call set_status
  movw %si, %dx                /* features that are offered */
  inl %dx, %eax
  andl $0xbfffffff, %eax
  leaw 4(%si), %dx
  outl %eax, %dx
  movb $7, %al                 /* driver is ready */
  call set_status
count:
  incl 0x8000
  jmp count

select:                        /* register cl of the slot ebx; its port comes back in dx */
  movzbl %cl, %eax
  addl %ebx, %eax
  movw $0xcf8, %dx
  outl %eax, %dx
  movw $0xcfc, %dx
  ret
read_config:
  call select
  inl %dx, %eax
  ret
set_status:
  leaw 0x12(%si), %dx
  outb %al, %dx
  ret

  .org 510
  .word 0xaa55
