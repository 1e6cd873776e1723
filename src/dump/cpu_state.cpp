// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/cpu_state.hpp>

#include "core_target.hpp"

#include <fmt/format.h>

namespace qember::dump {
namespace {

Error refuse(std::string expected, std::string found) {
  return {Errc::unsupported, 0, "cpu", std::move(expected), std::move(found)};
}

}  // namespace

Status add_cpu(std::vector<device::CpuRegisters>& cpus, const device::Device& description, ByteView body) {
  auto registers = device::read_registers(description, body);
  if (!registers && registers.error().code != Errc::unsupported) return std::move(registers.error());
  if (!registers) return refuse("a CPU whose registers are known", "another");
  const CoreTarget* const target = find_target(registers->architecture);
  if (target == nullptr)
    return refuse(fmt::format("a CPU of {}", names_of_targets()), std::string(registers->architecture));
  if (!cpus.empty() && cpus.front().architecture != registers->architecture)
    return refuse(fmt::format("CPUs that are all {}", cpus.front().architecture),
                  std::string(registers->architecture));
  // None of what a debugger goes by is made up.
  for (const std::string_view name : target->needed)
    if (registers->find(name) == nullptr)
      return refuse(fmt::format("a CPU of {} with its register {}", target->architecture, name), "none");
  cpus.push_back(std::move(*registers));
  return {};
}

// Without a description that can be read a core has memory alone.
Status CpuStates::add(const event::CollectedSection& section) {
  if (section.name != device::cpu_section || section.device == nullptr) return {};
  if (section.fit == event::Fit::beyond_section_limit)
    return Error{Errc::limit, 0, "cpu", fmt::format("at most {} bytes", limits_.max_section), "more"};
  return add_cpu(cpus_, *section.device, section.body);
}

}  // namespace qember::dump
