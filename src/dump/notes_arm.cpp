// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers are in the order of Linux' `struct user_pt_regs` and `struct user_fpsimd_state` (aarch64), and of
// `struct pt_regs` and the note NT_ARM_VFP (arm).
#include "core_target.hpp"

#include <elf.h>

#include <string>

namespace qember::dump {
namespace {

/// The bits of FPSCR that are FPSR's in AArch64; the others are FPCR's (Arm ARM, C5.2).
constexpr std::uint64_t fpsr_bits = 0xf800009f;

}  // namespace

void put_aarch64(NoteList& to, const NotedCpu& cpu) {
  const Values& r = cpu.values;
  Bytes note = to.status_of(cpu.thread);
  Words out = to.words(note);
  for (int i = 0; i < 31; ++i) out.u64(r["x" + std::to_string(i)]);
  constexpr std::uint32_t has_floating_point = 1, padding = 0;
  out.u64(r["sp"], r["pc"], r["pstate"]);
  out.u32(has_floating_point, padding);
  to.add("CORE", NT_PRSTATUS, note);

  Bytes vectors;
  Words lanes = to.words(vectors);
  for (int i = 0; i < 32; ++i) {
    const std::string name = "v" + std::to_string(i);
    lanes.u64(r[name], r.high(name));
  }
  lanes.u32(r["fpscr"] & fpsr_bits, r["fpscr"] & ~fpsr_bits, padding, padding);
  to.add("CORE", NT_FPREGSET, vectors);
}

void put_arm(NoteList& to, const NotedCpu& cpu) {
  const Values& r = cpu.values;
  const bool has_vfp = r.has("q0") && r.has("fpscr");
  constexpr std::uint32_t system_call = 0;
  Bytes note = to.status_of(cpu.thread, false);
  Words out = to.words(note);
  for (int i = 0; i < 16; ++i) out.u32(r["r" + std::to_string(i)]);
  out.u32(r["cpsr"], system_call, has_vfp ? 1 : 0);
  to.add("CORE", NT_PRSTATUS, note);
  if (!has_vfp) return;

  Bytes registers;
  Words pairs = to.words(registers);
  for (int i = 0; i < 16; ++i) {
    const std::string name = "q" + std::to_string(i);
    pairs.u64(r[name], r.high(name));
  }
  pairs.u32(r["fpscr"]);
  to.add("LINUX", NT_ARM_VFP, registers);
}

}  // namespace qember::dump
