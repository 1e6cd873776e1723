// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers are in the order of Linux' `struct user_regs_struct` (riscv), `struct user_pt_regs` (loongarch),
// `s390_regs` and `s390_fp_regs`, and `struct pt_regs` (powerpc).
#include "core_target.hpp"

#include <elf.h>

#include <string>

namespace qember::dump {
namespace {

void put_numbered(Words& out, const Values& values, const std::string& prefix, int first, int end) {
  for (int i = first; i < end; ++i) out.u64(values[prefix + std::to_string(i)]);
}

constexpr std::uint32_t no_floating_point = 0, padding = 0;

}  // namespace

void put_riscv64(NoteList& to, const NotedCpu& cpu) {
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  out.u64(cpu.values["pc"]);
  put_numbered(out, cpu.values, "x", 1, 32);
  out.u32(no_floating_point, padding);
  to.add("CORE", NT_PRSTATUS, note);
}

void put_loongarch64(NoteList& to, const NotedCpu& cpu) {
  constexpr std::uint64_t first_argument = 0;
  constexpr std::size_t reserved = 80;
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  put_numbered(out, cpu.values, "r", 0, 32);
  out.u64(first_argument, cpu.values["pc"], cpu.values["badv"]);
  out.zeroes(reserved);
  out.u32(no_floating_point, padding);
  to.add("CORE", NT_PRSTATUS, note);
}

void put_s390x(NoteList& to, const NotedCpu& cpu) {
  const Values& r = cpu.values;
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  out.u64(r["pswm"], r["pswa"]);
  put_numbered(out, r, "r", 0, 16);
  for (int i = 0; i < 16; ++i) out.u32(r["acr" + std::to_string(i)]);
  constexpr std::uint64_t second_register = 0;
  out.u64(second_register);
  out.u32(no_floating_point, padding);
  to.add("CORE", NT_PRSTATUS, note);

  Bytes floating;
  Words numbers = to.words(floating);
  numbers.u32(r["fpc"], padding);
  put_numbered(numbers, r, "f", 0, 16);
  to.add("CORE", NT_FPREGSET, floating);

  Bytes prefix;
  to.words(prefix).u32(r["prefix"]);
  to.add("LINUX", NT_S390_PREFIX, prefix);
  Bytes control;
  Words controls = to.words(control);
  put_numbered(controls, r, "cr", 0, 16);
  to.add("LINUX", NT_S390_CTRS, control);
}

void put_ppc64(NoteList& to, const NotedCpu& cpu) {
  const Values& r = cpu.values;
  constexpr std::uint64_t third_register = 0;
  // The trap, what it had to do with, and room.
  constexpr std::size_t of_a_trap = 72;
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  put_numbered(out, r, "r", 0, 32);
  out.u64(r["nip"], r["msr"], third_register, r["ctr"], r["lr"], r["xer"], r["cr"]);
  out.zeroes(of_a_trap);
  out.u32(no_floating_point, padding);
  to.add("CORE", NT_PRSTATUS, note);

  Bytes floating;
  Words numbers = to.words(floating);
  put_numbered(numbers, r, "f", 0, 32);
  numbers.u64(r["fpscr"]);
  to.add("CORE", NT_FPREGSET, floating);
}

}  // namespace qember::dump
