// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_notes.hpp"

namespace qember::dump {
namespace {

constexpr std::size_t qemu_cpu_state_size = 440;

void put_segment(LittleEndian& out, const CpuSegment& segment) {
  constexpr std::uint32_t padding = 0;
  out.u32(segment.selector, segment.limit, segment.flags, padding);
  out.u64(segment.base);
}

}  // namespace

void put_note(Bytes& to, std::string_view name, std::uint32_t type, ByteView description) {
  const auto pad = [&to] { to.resize((to.size() + 3) / 4 * 4); };
  LittleEndian(to).u32(name.size() + 1, description.size(), type);
  to.insert(to.end(), name.begin(), name.end());
  to.push_back(0);
  pad();
  to.insert(to.end(), description.begin(), description.end());
  pad();
}

Bytes prstatus(const CpuState& cpu, std::uint32_t thread) {
  // Signal numbers and masks; then after pid, ppid, pgrp and sid four times of two words each.
  constexpr std::size_t before_pid = 32;
  constexpr std::size_t after_pid = 12 + 64;
  constexpr std::uint64_t no_system_call = ~std::uint64_t{0};
  const auto& r = cpu.regs;
  const auto& segments = cpu.segments;
  Bytes note;
  LittleEndian out(note);
  out.zeroes(before_pid);
  out.u32(thread);
  out.zeroes(after_pid);
  out.u64(r[15], r[14], r[13], r[12], r[rbp], r[rbx], r[11], r[10], r[9], r[8], r[rax], r[rcx], r[rdx],
          r[rsi], r[rdi], no_system_call, cpu.rip, segments[cs].selector, cpu.rflags, r[rsp],
          segments[ss].selector, segments[fs].base, segments[gs].base, segments[ds].selector,
          segments[es].selector, segments[fs].selector, segments[gs].selector);
  // Whether floating-point registers follow, and padding.
  out.u32(0, 0);
  return note;
}

Bytes qemu_cpu_state(const CpuState& cpu) {
  constexpr std::uint32_t version = 1;
  const auto& r = cpu.regs;
  Bytes note;
  LittleEndian out(note);
  out.u32(version, qemu_cpu_state_size);
  out.u64(r[rax], r[rbx], r[rcx], r[rdx], r[rsi], r[rdi], r[rsp], r[rbp]);
  out.u64(r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15], cpu.rip, cpu.rflags);
  for (const auto index : {cs, ds, es, fs, gs, ss}) put_segment(out, cpu.segments[index]);
  for (const auto* table : {&cpu.ldt, &cpu.tr, &cpu.gdt, &cpu.idt}) put_segment(out, *table);
  out.u64(cpu.cr[0], cpu.cr[1], cpu.cr[2], cpu.cr[3], cpu.cr[4], cpu.kernel_gs_base);
  return note;
}

}  // namespace qember::dump
