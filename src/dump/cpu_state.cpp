// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/cpu_state.hpp>

#include <qember/advanced/device/registers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace qember::dump {
namespace {

/// Takes registers by their names; those that the state does not have are zero.
class Values {
 public:
  explicit Values(const device::CpuRegisters& registers) : registers_(registers) {}

  std::uint64_t operator[](std::string_view name) const {
    const device::Register* const found = registers_.find(name);
    return found == nullptr ? 0 : found->value;
  }
  std::uint32_t word(std::string_view name) const { return static_cast<std::uint32_t>((*this)[name]); }
  CpuSegment segment(const std::string& name) const {
    return {word(name), word(name + "_limit"), word(name + "_flags"), (*this)[name + "_base"]};
  }

 private:
  const device::CpuRegisters& registers_;
};

constexpr std::array names{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                           "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::array segments{"es", "cs", "ss", "ds", "fs", "gs"};

/// Whether all that a debugger goes by is there: none of it is made up.
bool is_complete(const device::CpuRegisters& registers) {
  const auto has = [&registers](const char* name) { return registers.find(name) != nullptr; };
  return std::ranges::all_of(names, has) && std::ranges::all_of(segments, has) && has("rip") && has("rflags");
}

CpuState state_of(const device::CpuRegisters& registers) {
  const Values values(registers);
  CpuState cpu;
  for (std::size_t i = 0; i < names.size(); ++i) cpu.regs[i] = values[names[i]];
  for (std::size_t i = 0; i < segments.size(); ++i) cpu.segments[i] = values.segment(segments[i]);
  cpu.rip = values["rip"];
  cpu.rflags = values["rflags"];
  cpu.kernel_gs_base = values["kernel_gs_base"];
  cpu.ldt = values.segment("ldt");
  cpu.tr = values.segment("tr");
  cpu.gdt = values.segment("gdt");
  cpu.idt = values.segment("idt");
  for (const std::size_t i : {0U, 2U, 3U, 4U}) cpu.cr[i] = values["cr" + std::to_string(i)];
  return cpu;
}

}  // namespace

// Without a description that can be read a core has memory alone.
Status CpuStates::add(const event::CollectedSection& section) {
  if (section.name != "cpu" || section.device == nullptr) return {};
  if (section.fit == event::Fit::beyond_section_limit)
    return Error{Errc::limit, 0, "cpu", fmt::format("at most {} bytes", limits_.max_section), "more"};
  const auto registers = device::read_registers(*section.device, section.body);
  if (!registers && registers.error().code != Errc::unsupported) return registers.error();
  if (!registers || registers->architecture != "x86_64" || !is_complete(*registers))
    return Error{Errc::unsupported, 0, "cpu", "a CPU of x86-64", "another"};
  cpus_.push_back(state_of(*registers));
  return {};
}

}  // namespace qember::dump
