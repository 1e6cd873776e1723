// SPDX-License-Identifier: LGPL-2.1-or-later
#include "head_edits.hpp"

#include <qember/advanced/event/capabilities.hpp>
#include <qember/advanced/event/meanings.hpp>

#include "refusal.hpp"

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

constexpr std::string_view prefix = "configuration/";
constexpr std::string_view capabilities = "configuration/capabilities";

/// With another, the elements that follow would be read in another way.
bool decides_form(std::string_view capability) {
  constexpr std::array<std::string_view, 2> deciding{"x-ignore-shared", "mapped-ram"};
  return std::ranges::find(deciding, capability) != deciding.end();
}

bool is_default_page_size(ByteView payload) {
  return payload.size() == sizeof(std::uint32_t) &&
         std::uint64_t{1} << (load_be<std::uint32_t>(payload.data()) & 63U) == event::default_page_size;
}

/// Why the subsection can't go; empty where it can.
std::string_view obstacle_of(const event::ConfigurationSubsection& sub) {
  if (sub.name == "configuration/target-page-bits" && !is_default_page_size(sub.payload))
    return "a page size that is named no more to be 4096";
  if (sub.name != capabilities) return {};
  const auto names = event::read_capabilities(sub.payload);
  if (!names) return "a list of capabilities";
  return std::ranges::any_of(*names, decides_form) ? "capabilities that do not decide what follows" : "";
}

}  // namespace

HeadEdits::HeadEdits(std::span<const Edit> edits) {
  for (const Edit& each : edits) {
    if (const auto* machine = std::get_if<SetMachine>(&each)) machines_.push_back({machine});
    if (const auto* part = std::get_if<DropConfiguration>(&each)) parts_.push_back({part});
    if (const auto* command = std::get_if<DropCommand>(&each)) commands_.push_back({command});
  }
}

Result<bool> HeadEdits::apply(event::Configuration& configuration) {
  for (Machine& each : machines_) {
    configuration.machine.assign(each.edit->name.begin(), each.edit->name.end());
    each.is_done = true;
  }
  bool is_left = true;
  for (Part& each : parts_) {
    if (auto status = drop(configuration, each); !status) return std::move(status.error());
    is_left &= each.edit->name != "configuration";
  }
  return is_left;
}

Status HeadEdits::drop(event::Configuration& configuration, Part& part) {
  const std::string& name = part.edit->name;
  auto& subs = configuration.subsections;
  for (auto sub = subs.begin(); sub != subs.end();) {
    const bool is_meant =
        name == "configuration" || sub->name == name || sub->name == std::string(prefix) + name;
    if (is_meant) {
      if (const auto why = obstacle_of(*sub); !why.empty())
        return refuse_edit("drop-configuration", std::string(why), name);
      sub = subs.erase(sub);
      part.is_done = true;
      continue;
    }
    if (sub->name == capabilities)
      if (auto status = drop_capability(*sub, part); !status) return status;
    ++sub;
  }
  part.is_done |= name == "configuration";
  return {};
}

Status HeadEdits::drop_capability(event::ConfigurationSubsection& list, Part& part) {
  const auto names = event::read_capabilities(list.payload);
  const auto found =
      names ? std::ranges::find(*names, part.edit->name) : std::vector<std::string_view>::iterator();
  if (!names || found == names->end()) return {};
  if (decides_form(*found))
    return refuse_edit("drop-configuration", "a capability that does not decide what follows",
                       part.edit->name);
  Bytes left(sizeof(std::uint32_t));
  store_be(left.data(), static_cast<std::uint32_t>(names->size() - 1));
  for (const std::string_view& name : *names) {
    if (&name == &*found) continue;
    left.push_back(static_cast<std::uint8_t>(name.size()));
    left.insert(left.end(), name.begin(), name.end());
  }
  list.payload = std::move(left);
  part.is_done = true;
  return {};
}

Result<bool> HeadEdits::keeps(const event::Command& command) {
  for (Dropped& each : commands_) {
    if (event::name_of_command(command.id) != each.edit->name) continue;
    using event::CommandId;
    constexpr std::array deciding{CommandId::packaged, CommandId::postcopy_advise, CommandId::postcopy_listen,
                                  CommandId::postcopy_run, CommandId::postcopy_ram_discard};
    if (std::ranges::find(deciding, static_cast<CommandId>(command.id)) != deciding.end())
      return refuse_edit("drop-command", "a command that does not decide what follows", each.edit->name);
    each.is_done = true;
    return false;
  }
  return true;
}

Status HeadEdits::missed() const {
  for (const Machine& each : machines_)
    if (!each.is_done) return refuse_edit("machine", "a stream that names its machine", "none");
  for (const Part& each : parts_)
    if (!each.is_done) return refuse_edit("drop-configuration", "the part " + each.edit->name, "none");
  for (const Dropped& each : commands_)
    if (!each.is_done) return refuse_edit("drop-command", "the command " + each.edit->name, "none");
  return {};
}

}  // namespace qember::vm
