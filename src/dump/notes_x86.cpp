// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers are in the order of Linux' `struct user_regs_struct`; QEMU's own note is as crash and volatility
// read it.
#include "core_target.hpp"

#include <elf.h>

#include <array>
#include <string>

namespace qember::dump {
namespace {

constexpr std::size_t own_note_size = 440;
constexpr std::array wide{"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8",
                          "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags"};
/// In the same places, with none for r8 to r15.
constexpr std::array narrow{"eax", "ebx", "ecx", "edx", "esi", "edi", "esp", "ebp", "",
                            "",    "",    "",    "",    "",    "",    "",    "eip", "eflags"};

void put_segment(Words& out, const Values& values, const std::string& name) {
  constexpr std::uint32_t padding = 0;
  out.u32(values[name], values[name + "_limit"], values[name + "_flags"], padding);
  out.u64(values[name + "_base"]);
}

}  // namespace

void put_x86_64(NoteList& to, const NotedCpu& cpu) {
  constexpr std::uint64_t no_system_call = ~std::uint64_t{0};
  const Values& r = cpu.values;
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  out.u64(r["r15"], r["r14"], r["r13"], r["r12"], r["rbp"], r["rbx"], r["r11"], r["r10"], r["r9"], r["r8"],
          r["rax"], r["rcx"], r["rdx"], r["rsi"], r["rdi"], no_system_call, r["rip"], r["cs"], r["rflags"],
          r["rsp"], r["ss"], r["fs_base"], r["gs_base"], r["ds"], r["es"], r["fs"], r["gs"]);
  // Whether floating-point registers follow, and padding.
  out.u32(0, 0);
  to.add("CORE", NT_PRSTATUS, note);
}

void put_i386(NoteList& to, const NotedCpu& cpu) {
  const Values& r = cpu.values;
  constexpr std::uint32_t system_call = 0, has_floating_point = 0;
  Bytes note = to.status_of(cpu.thread, false);
  to.words(note).u32(r["ebx"], r["ecx"], r["edx"], r["esi"], r["edi"], r["ebp"], r["eax"], r["ds"], r["es"],
                     r["fs"], r["gs"], system_call, r["eip"], r["cs"], r["eflags"], r["esp"], r["ss"],
                     has_floating_point);
  to.add("CORE", NT_PRSTATUS, note);
}

void put_x86_own(NoteList& to, const NotedCpu& cpu) {
  constexpr std::uint32_t version = 1;
  const Values& r = cpu.values;
  const auto& names = r.has("rip") ? wide : narrow;
  Bytes note;
  Words out = to.words(note);
  out.u32(version, own_note_size);
  for (const char* name : names) out.u64(r[name]);
  for (const char* name : {"cs", "ds", "es", "fs", "gs", "ss", "ldt", "tr", "gdt", "idt"})
    put_segment(out, r, name);
  constexpr std::uint64_t cr1 = 0;
  out.u64(r["cr0"], cr1, r["cr2"], r["cr3"], r["cr4"], r["kernel_gs_base"]);
  to.add("QEMU", 0, note);
}

}  // namespace qember::dump
