// SPDX-License-Identifier: LGPL-2.1-or-later
// The names are those of the architectures' manuals and of gdb; the fields those that QEMU's own descriptions
// of its streams list (7.2 to 10.0), compared with `info registers` of stopped machines.
#include "register_table.hpp"

#include "register_rules.hpp"

#include <array>

namespace qember::device {
namespace {

using enum RegisterSet;

// The order of `env.regs` and `env.segs` is that of the instruction encoding.
constexpr std::array x86_64_marks{Mark{"env.regs", 8}, Mark{"env.eip", 8}};
constexpr std::array x86_64_rows{
    RegisterRow{general, "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15", "env.regs[#]"},
    RegisterRow{general, "rip/pc", "env.eip"},
    RegisterRow{general, "rflags", "env.eflags"},
};
constexpr std::array i386_marks{Mark{"env.regs", 4}, Mark{"env.eip", 4}};
constexpr std::array i386_rows{
    RegisterRow{general, "eax ecx edx ebx esp ebp esi edi", "env.regs[#]"},
    RegisterRow{general, "eip/pc", "env.eip"},
    RegisterRow{general, "eflags", "env.eflags"},
};
constexpr std::array x86_rows{
    RegisterRow{control, "es cs ss ds fs gs", "env.segs[#].selector"},
    RegisterRow{control, "ldt", "env.ldt.selector"},
    RegisterRow{control, "tr", "env.tr.selector"},
    RegisterRow{control, "es_base cs_base ss_base ds_base fs_base gs_base", "env.segs[#].base"},
    RegisterRow{control, "ldt_base", "env.ldt.base"},
    RegisterRow{control, "tr_base", "env.tr.base"},
    RegisterRow{control, "gdt_base", "env.gdt.base"},
    RegisterRow{control, "idt_base", "env.idt.base"},
    RegisterRow{control, "es_limit cs_limit ss_limit ds_limit fs_limit gs_limit", "env.segs[#].limit"},
    RegisterRow{control, "ldt_limit", "env.ldt.limit"},
    RegisterRow{control, "tr_limit", "env.tr.limit"},
    RegisterRow{control, "gdt_limit", "env.gdt.limit"},
    RegisterRow{control, "idt_limit", "env.idt.limit"},
    RegisterRow{control, "es_flags cs_flags ss_flags ds_flags fs_flags gs_flags", "env.segs[#].flags"},
    RegisterRow{control, "ldt_flags", "env.ldt.flags"},
    RegisterRow{control, "tr_flags", "env.tr.flags"},
    RegisterRow{control, "cr0", "env.cr[0]"},
    RegisterRow{control, "cr2", "env.cr[2]"},
    RegisterRow{control, "cr3", "env.cr[3]"},
    RegisterRow{control, "cr4", "env.cr[4]"},
    RegisterRow{control, "dr0 dr1 dr2 dr3", "env.dr[#]"},
    RegisterRow{control, "dr6", "env.dr[6]"},
    RegisterRow{control, "dr7", "env.dr[7]"},
    RegisterRow{control, "efer", "env.efer"},
    RegisterRow{control, "kernel_gs_base", "env.kernelgsbase"},
    RegisterRow{control, "a20_mask", "env.a20_mask"},
    RegisterRow{floating, "fcw", "env.fpuc"},
    RegisterRow{floating, "fsw", "env.fpus_vmstate"},
    RegisterRow{floating, "mxcsr", "env.mxcsr"},
    RegisterRow{floating, "fpr#", "env.fpregs[#].tmp.tmp_mant", "env.fpregs[#].tmp.tmp_exp", 8},
    RegisterRow{vector, "xmm#", "env.xmm_regs[0][#]._q_ZMMReg[0]", "env.xmm_regs[0][#]._q_ZMMReg[1]", 16},
};

constexpr std::array arm_marks{Mark{"env.xregs", 8}, Mark{"cpsr"}};
constexpr std::array aarch64_rows{
    RegisterRow{general, "x#", "env.xregs[#]", {}, 31},
    RegisterRow{general, "sp", "env.xregs[31]"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "pstate/cpsr", "cpsr"},
    RegisterRow{floating, "fpscr", "cpu/vfp.fpscr"},
    RegisterRow{control, "sp_el#", "env.sp_el[#]", {}, 4},
    RegisterRow{control, "elr_el1 elr_el2 elr_el3", "env.elr_el[#]"},
    RegisterRow{control, "", "cpreg_vmstate_indexes[#]", "cpreg_vmstate_values[#]", 1024},
    RegisterRow{vector, "v#", "cpu/vfp.env.vfp.zregs[#].d[0]", "cpu/vfp.env.vfp.zregs[#].d[1]", 32},
};

constexpr std::array arm_rows{
    RegisterRow{general, "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13/sp r14/lr r15/pc", "env.regs[#]"},
    RegisterRow{general, "cpsr", "cpsr"},
    RegisterRow{control, "spsr", "env.spsr"},
    RegisterRow{floating, "fpscr", "cpu/vfp.fpscr"},
    RegisterRow{vector, "q#", "cpu/vfp.env.vfp.zregs[#].d[0]", "cpu/vfp.env.vfp.zregs[#].d[1]", 16},
};

constexpr std::array riscv64_marks{Mark{"env.gpr", 8}, Mark{"env.mhartid"}};
constexpr std::array riscv32_marks{Mark{"env.gpr", 4}, Mark{"env.mhartid"}};
constexpr std::array riscv_rows{
    RegisterRow{general,
                "x0/zero x1/ra x2/sp x3/gp x4/tp x5/t0 x6/t1 x7/t2 x8/s0 x9/s1 x10/a0 x11/a1 x12/a2 x13/a3 "
                "x14/a4 x15/a5 x16/a6 x17/a7 x18/s2 x19/s3 x20/s4 x21/s5 x22/s6 x23/s7 x24/s8 x25/s9 x26/s10 "
                "x27/s11 x28/t3 x29/t4 x30/t5 x31/t6",
                "env.gpr[#]"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "priv", "env.priv"},
    RegisterRow{control, "mhartid", "env.mhartid"},
    RegisterRow{control, "mstatus", "env.mstatus"},
    RegisterRow{control, "mip", "env.mip"},
    RegisterRow{control, "mie", "env.mie"},
    RegisterRow{control, "mideleg", "env.mideleg"},
    RegisterRow{control, "medeleg", "env.medeleg"},
    RegisterRow{control, "mtvec", "env.mtvec"},
    RegisterRow{control, "stvec", "env.stvec"},
    RegisterRow{control, "mepc", "env.mepc"},
    RegisterRow{control, "sepc", "env.sepc"},
    RegisterRow{control, "mcause", "env.mcause"},
    RegisterRow{control, "scause", "env.scause"},
    RegisterRow{control, "mtval", "env.mtval"},
    RegisterRow{control, "stval", "env.stval"},
    RegisterRow{control, "mscratch", "env.mscratch"},
    RegisterRow{control, "sscratch", "env.sscratch"},
    RegisterRow{control, "satp", "env.satp"},
    RegisterRow{control, "virt", "env.virt"},
    RegisterRow{control, "virt", "env.virt_enabled"},  // since QEMU 8.1
    RegisterRow{floating, "f#", "env.fpr[#]", {}, 32},
};

constexpr std::array s390x_marks{Mark{"env.psw.mask", 8}};
constexpr std::array s390x_rows{
    RegisterRow{general, "pswm", "env.psw.mask"},
    RegisterRow{general, "pswa", "env.psw.addr"},
    RegisterRow{general, "r#", "env.regs[#]", {}, 16},
    RegisterRow{control, "acr#", "env.aregs[#]", {}, 16},
    RegisterRow{control, "cr#", "env.cregs[#]", {}, 16},
    RegisterRow{control, "prefix", "env.psa"},
    RegisterRow{floating, "fpc", "cpu/fpu.env.fpc"},
    RegisterRow{floating, "f#", "cpu/fpu.env.vregs[#][0]", {}, 16},
};

constexpr std::array ppc_marks{Mark{"env.gpr", 4}, Mark{"env.nip"}};
constexpr std::array ppc64_marks{Mark{"env.gpr", 8}, Mark{"env.nip"}};
// Numbers of SPRs are the architecture's (Power ISA, Book III).
constexpr std::array ppc_rows{
    RegisterRow{general, "r#", "env.gpr[#]", {}, 32},
    RegisterRow{general, "nip/pc", "env.nip"},
    RegisterRow{general, "msr", "env.msr"},
    RegisterRow{general, "", "env.crf[#]", {}, 8},
    RegisterRow{general, "lr", "env.spr[8]"},
    RegisterRow{general, "ctr", "env.spr[9]"},
    RegisterRow{general, "xer", "env.spr[1]"},
    RegisterRow{control, "dsisr", "env.spr[18]"},
    RegisterRow{control, "dar", "env.spr[19]"},
    RegisterRow{control, "srr0 srr1", "env.spr[#]", {}, 1, 26},
    RegisterRow{control, "sprg0 sprg1 sprg2 sprg3", "env.spr[#]", {}, 1, 272},
    RegisterRow{control, "pvr", "env.spr[287]"},
    RegisterRow{floating, "f#", "cpu/fpu.env.vsr[#]", {}, 32},
    RegisterRow{floating, "fpscr", "cpu/fpu.env.fpscr"},
};

constexpr std::array ppc64_rows{RegisterRow{control, "lpcr", "env.spr[318]"}};

constexpr std::array mips_marks{Mark{"env.active_tc.PC", 4}, Mark{"env.CP0_Status"}};
constexpr std::array mips64_marks{Mark{"env.active_tc.PC", 8}, Mark{"env.CP0_Status"}};
constexpr std::array mips_rows{
    RegisterRow{general,
                "r0/zero r1/at r2/v0 r3/v1 r4/a0 r5/a1 r6/a2 r7/a3 r8/t0 r9/t1 r10/t2 r11/t3 r12/t4 r13/t5 "
                "r14/t6 r15/t7 r16/s0 r17/s1 r18/s2 r19/s3 r20/s4 r21/s5 r22/s6 r23/s7 r24/t8 r25/t9 r26/k0 "
                "r27/k1 r28/gp r29/sp r30/s8 r31/ra",
                "env.active_tc.gpr[#]"},
    RegisterRow{general, "pc", "env.active_tc.PC"},
    RegisterRow{general, "hi", "env.active_tc.HI[0]"},
    RegisterRow{general, "lo", "env.active_tc.LO[0]"},
    RegisterRow{control, "status", "env.CP0_Status"},
    RegisterRow{control, "cause", "env.CP0_Cause"},
    RegisterRow{control, "epc", "env.CP0_EPC"},
    RegisterRow{control, "badvaddr", "env.CP0_BadVAddr"},
    RegisterRow{control, "entryhi", "env.CP0_EntryHi"},
    RegisterRow{control, "entrylo0", "env.CP0_EntryLo0"},
    RegisterRow{control, "entrylo1", "env.CP0_EntryLo1"},
    RegisterRow{control, "context", "env.CP0_Context"},
};

constexpr std::array sparc_marks{Mark{"env.gregs", 4}, Mark{"env.npc", 4}};
constexpr std::array sparc_rows{
    RegisterRow{general, "g#", "env.gregs[#]", {}, 8},
    RegisterRow{general, "", "env.regbase[#]", {}, 512},
    RegisterRow{general, "", "env.nwindows"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "npc", "env.npc"},
    RegisterRow{general, "psr", "psr"},
    RegisterRow{general, "y", "env.y"},
    RegisterRow{control, "wim", "env.wim"},
    RegisterRow{control, "tbr", "env.tbr"},
    RegisterRow{floating, "fsr", "env.fsr"},
    RegisterRow{floating, "fsr", "fsr"},  // since QEMU 9.2
};

constexpr std::array sparc64_marks{Mark{"env.gregs", 8}, Mark{"env.npc", 8}};
constexpr std::array sparc64_rows{
    RegisterRow{general, "g#", "env.gregs[#]", {}, 8},
    RegisterRow{general, "", "env.regbase[#]", {}, 512},
    RegisterRow{general, "", "env.nwindows"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "npc", "env.npc"},
    RegisterRow{general, "y", "env.y"},
    RegisterRow{control, "", "env.cwp"},
    RegisterRow{control, "pstate", "env.pstate"},
    RegisterRow{control, "tl", "env.tl"},
    RegisterRow{control, "gl", "env.gl"},
    RegisterRow{control, "asi", "env.asi"},
    RegisterRow{control, "tbr", "env.tbr"},
    RegisterRow{control, "hpstate", "env.hpstate"},
    RegisterRow{control, "htba", "env.htba"},
    RegisterRow{control, "cansave", "env.cansave"},
    RegisterRow{control, "canrestore", "env.canrestore"},
    RegisterRow{control, "otherwin", "env.otherwin"},
    RegisterRow{control, "cleanwin", "env.cleanwin"},
    RegisterRow{control, "wstate", "env.wstate"},
    RegisterRow{floating, "fprs", "env.fprs"},
    RegisterRow{floating, "fsr", "env.fsr"},
    RegisterRow{floating, "fsr", "fsr"},  // since QEMU 9.2
};

constexpr std::array m68k_marks{Mark{"env.dregs", 4}, Mark{"env.aregs", 4}};
constexpr std::array m68k_rows{
    RegisterRow{general, "d#", "env.dregs[#]", {}, 8},
    RegisterRow{general, "a0 a1 a2 a3 a4 a5 a6 a7/sp", "env.aregs[#]"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "", "env.sr"},
    RegisterRow{general, "", "env.cc_op"},
    RegisterRow{general, "", "env.cc_x"},
    RegisterRow{general, "", "env.cc_n"},
    RegisterRow{general, "", "env.cc_v"},
    RegisterRow{general, "", "env.cc_c"},
    RegisterRow{general, "", "env.cc_z"},
    RegisterRow{control, "vbr", "cpu/68040_spregs.env.vbr"},
    RegisterRow{control, "cacr", "cpu/68040_spregs.env.cacr"},
    RegisterRow{control, "sfc", "cpu/68040_spregs.env.sfc"},
    RegisterRow{control, "dfc", "cpu/68040_spregs.env.dfc"},
    RegisterRow{control, "tcr", "cpu/68040_mmu.env.mmu.tcr"},
    RegisterRow{control, "urp", "cpu/68040_mmu.env.mmu.urp"},
    RegisterRow{control, "srp", "cpu/68040_mmu.env.mmu.srp"},
    RegisterRow{control, "mmusr", "cpu/68040_mmu.env.mmu.mmusr"},
    RegisterRow{floating, "fp#", "cpu/fpu.env.fregs[#].tmp.tmp_mant", "cpu/fpu.env.fregs[#].tmp.tmp_exp", 8},
    RegisterRow{floating, "fpcr", "cpu/fpu.env.fpcr"},
    RegisterRow{floating, "fpsr", "cpu/fpu.env.fpsr"},
};

constexpr std::array alpha_marks{Mark{"env.ir", 8}, Mark{"env.palbr"}};
constexpr std::array alpha_rows{
    RegisterRow{
        general,
        "v0 t0 t1 t2 t3 t4 t5 t6 t7 s0 s1 s2 s3 s4 s5 fp a0 a1 a2 a3 a4 a5 t8 t9 t10 t11 ra t12 at gp "
        "sp",
        "env.ir[#]"},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{general, "unique", "env.unique"},
    RegisterRow{general, "", "env.flags"},
    RegisterRow{general, "", "env.shadow[#]", {}, 8},
    RegisterRow{control, "exc_addr", "env.exc_addr"},
    RegisterRow{control, "palbr", "env.palbr"},
    RegisterRow{control, "ptbr", "env.ptbr"},
    RegisterRow{control, "vptptr", "env.vptptr"},
    RegisterRow{control, "usp", "env.usp"},
    RegisterRow{floating, "f#", "env.fir[#]", {}, 31},
    RegisterRow{floating, "fpcr", "env.fpcr"},
};

constexpr std::array loongarch_marks{Mark{"env.gpr", 8}, Mark{"env.CSR_CRMD"}};
constexpr std::array loongarch_rows{
    RegisterRow{general, "r#", "env.gpr[#]", {}, 32},
    RegisterRow{general, "pc", "env.pc"},
    RegisterRow{control, "crmd", "env.CSR_CRMD"},
    RegisterRow{control, "prmd", "env.CSR_PRMD"},
    RegisterRow{control, "euen", "env.CSR_EUEN"},
    RegisterRow{control, "ecfg", "env.CSR_ECFG"},
    RegisterRow{control, "estat", "env.CSR_ESTAT"},
    RegisterRow{control, "era", "env.CSR_ERA"},
    RegisterRow{control, "badv", "env.CSR_BADV"},
    RegisterRow{control, "badi", "env.CSR_BADI"},
    RegisterRow{control, "eentry", "env.CSR_EENTRY"},
    RegisterRow{control, "tlbidx", "env.CSR_TLBIDX"},
    RegisterRow{control, "tlbehi", "env.CSR_TLBEHI"},
    RegisterRow{control, "tlbelo0", "env.CSR_TLBELO0"},
    RegisterRow{control, "tlbelo1", "env.CSR_TLBELO1"},
    RegisterRow{control, "asid", "env.CSR_ASID"},
    RegisterRow{control, "pgdl", "env.CSR_PGDL"},
    RegisterRow{control, "pgdh", "env.CSR_PGDH"},
    RegisterRow{control, "pgd", "env.CSR_PGD"},
    RegisterRow{control, "pwcl", "env.CSR_PWCL"},
    RegisterRow{control, "pwch", "env.CSR_PWCH"},
    RegisterRow{control, "stlbps", "env.CSR_STLBPS"},
    RegisterRow{control, "rvacfg", "env.CSR_RVACFG"},
    RegisterRow{control, "prcfg1", "env.CSR_PRCFG1"},
    RegisterRow{control, "prcfg2", "env.CSR_PRCFG2"},
    RegisterRow{control, "prcfg3", "env.CSR_PRCFG3"},
    RegisterRow{control, "tid", "env.CSR_TID"},
    RegisterRow{control, "tcfg", "env.CSR_TCFG"},
    RegisterRow{control, "llbctl", "env.CSR_LLBCTL"},
    RegisterRow{control, "tlbrentry", "env.CSR_TLBRENTRY"},
    RegisterRow{control, "tlbrbadv", "env.CSR_TLBRBADV"},
    RegisterRow{control, "tlbrera", "env.CSR_TLBRERA"},
    RegisterRow{control, "tlbrsave", "env.CSR_TLBRSAVE"},
    RegisterRow{control, "tlbrelo0", "env.CSR_TLBRELO0"},
    RegisterRow{control, "tlbrelo1", "env.CSR_TLBRELO1"},
    RegisterRow{control, "tlbrehi", "env.CSR_TLBREHI"},
    RegisterRow{control, "tlbrprmd", "env.CSR_TLBRPRMD"},
    RegisterRow{control, "save#", "env.CSR_SAVE[#]", {}, 8},
    RegisterRow{control, "dmw#", "env.CSR_DMW[#]", {}, 4},
    RegisterRow{floating, "f#", "cpu/fpu.env.fpr[#].UD[0]", {}, 32},
    RegisterRow{floating, "fcsr0", "cpu/fpu.env.fcsr0"},
};

constexpr std::array<Architecture, 16> all{{
    {"x86_64", x86_64_marks, x86_64_rows, x86_rows},
    {"i386", i386_marks, i386_rows, x86_rows},
    {"aarch64", arm_marks, aarch64_rows, {}, runs_aarch64, complete_aarch64},
    {"arm", arm_marks, arm_rows, {}, runs_aarch32},
    {"riscv64", riscv64_marks, riscv_rows, {}, nullptr, complete_riscv},
    {"riscv32", riscv32_marks, riscv_rows, {}, nullptr, complete_riscv},
    {"s390x", s390x_marks, s390x_rows, {}},
    {"ppc64", ppc64_marks, ppc_rows, ppc64_rows, nullptr, complete_ppc},
    {"ppc", ppc_marks, ppc_rows, {}, nullptr, complete_ppc},
    {"mips64", mips64_marks, mips_rows, {}},
    {"mips", mips_marks, mips_rows, {}},
    {"sparc", sparc_marks, sparc_rows, {}, nullptr, complete_sparc},
    {"sparc64", sparc64_marks, sparc64_rows, {}, nullptr, complete_sparc},
    {"m68k", m68k_marks, m68k_rows, {}, nullptr, complete_m68k},
    {"alpha", alpha_marks, alpha_rows, {}, nullptr, complete_alpha},
    {"loongarch64", loongarch_marks, loongarch_rows, {}},
}};

}  // namespace

std::span<const Architecture> architectures() noexcept { return all; }

}  // namespace qember::device
