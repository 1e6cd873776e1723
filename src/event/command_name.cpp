// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/command_name.hpp>

#include <algorithm>
#include <array>

namespace qember::event {
namespace {

/// By id, which begin with 1.
constexpr std::array<std::string_view, 12> names{"",
                                                 "open_return_path",
                                                 "ping",
                                                 "postcopy_advise",
                                                 "postcopy_listen",
                                                 "postcopy_run",
                                                 "postcopy_ram_discard",
                                                 "packaged",
                                                 "enable_colo",
                                                 "postcopy_resume",
                                                 "recv_bitmap",
                                                 "switchover_start"};

}  // namespace

std::string_view command_name(std::uint16_t id) noexcept {
  return id < names.size() ? names[id] : std::string_view();
}

std::optional<CommandId> find_command(std::string_view name) noexcept {
  const auto found = std::ranges::find(names, name);
  if (name.empty() || found == names.end()) return std::nullopt;
  return static_cast<CommandId>(found - names.begin());
}

}  // namespace qember::event
