// SPDX-License-Identifier: LGPL-2.1-or-later
// The configuration and the commands (migration/savevm.c).
#include "findings.hpp"

#include <qember/advanced/event/event.hpp>

#include <algorithm>
#include <bit>

namespace qember::vm {
namespace {

const event::ConfigurationSubsection* subsection(const MachineState& state, std::string_view name) {
  if (!state.configuration) return nullptr;
  const auto& all = state.configuration->subsections;
  const auto found = std::ranges::find(all, name, &event::ConfigurationSubsection::name);
  return found == all.end() ? nullptr : &*found;
}

std::string uuid_text(ByteView uuid) {
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
  return text;
}

void check_configuration(const MachineState& here, const MachineState& there, const Findings& findings) {
  if (!here.configuration && there.configuration)
    findings.add(Certainty::certain, "configuration", "the stream has none",
                 {"Configuration section missing"});
  if (here.configuration && !there.configuration)
    findings.add(Certainty::certain, "configuration", "the machine expects none",
                 {"Unknown savevm section type 7"});
  if (!here.configuration || !there.configuration) return;
  // QEMU compares as many bytes as the stream gives: a prefix of its own name will do.
  if (!there.machine().starts_with(here.machine()))
    findings.add(
        Certainty::certain, "machine", fmt::format("{} here, {} there", here.machine(), there.machine()),
        {fmt::format("Machine type received is '{}' and local is '{}'", here.machine(), there.machine())},
        fmt::format("start the target with -M {}", here.machine()));
}

void check_uuid(const MachineState& here, const MachineState& there, const Findings& findings) {
  const auto* const mine = subsection(here, "configuration/uuid");
  const auto* const its = subsection(there, "configuration/uuid");
  if (mine == nullptr || its == nullptr || mine->payload == its->payload) return;
  const std::string received = uuid_text(mine->payload);
  const std::string local = uuid_text(its->payload);
  findings.add(Certainty::certain, "uuid", fmt::format("{} here, {} there", received, local),
               {fmt::format("UUID received is {} and local is {}", received, local)},
               fmt::format("start the target with -uuid {}", received));
}

void check_capabilities(const MachineState& here, const MachineState& there, const Findings& findings) {
  for (const std::string& name : here.capabilities) {
    if (std::ranges::find(there.capabilities, name) != there.capabilities.end()) continue;
    findings.add(Certainty::likely, "capabilities", fmt::format("{} is on here, off there", name),
                 {fmt::format("Capability {} is off, but received capability is on", name)},
                 fmt::format("set the capability {} on the target before it loads", name));
  }
}

/// A command that only a newer QEMU knows: the machine's own stream would have it, were the type as new.
void check_commands(const MachineState& here, const MachineState& there, Findings& findings) {
  constexpr auto switchover = static_cast<std::uint16_t>(event::CommandId::switchover_start);
  constexpr QemuVersion knows_switchover{10, 0};
  const auto has = [&](const MachineState& state) {
    return std::ranges::find(state.commands, switchover, &StateCommand::id);
  };
  const auto found = has(here);
  const auto target = findings.options().target_qemu;
  if (found == here.commands.end() || has(there) != there.commands.end() || target >= knows_switchover)
    return;
  findings.at(found->offset);
  findings.add(target ? Certainty::certain : Certainty::likely, "command SWITCHOVER_START",
               "QEMU knows it from 10.0 on", {"MIG_CMD 0xb unknown (len 0x0)"},
               "save with a machine type before 10.0, or load with QEMU 10.0 or later");
}

}  // namespace

void check_head(const MachineState& here, const MachineState& there, Findings& findings) {
  check_configuration(here, there, findings);
  if (here.page_size && there.page_size && *here.page_size != *there.page_size)
    findings.add(Certainty::certain, "page size",
                 fmt::format("{} here, {} there", *here.page_size, *there.page_size),
                 {fmt::format("Received TARGET_PAGE_BITS is {} but local is {}",
                              std::countr_zero(*here.page_size), std::countr_zero(*there.page_size))});
  check_capabilities(here, there, findings);
  check_uuid(here, there, findings);
  check_commands(here, there, findings);
}

}  // namespace qember::vm
