// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the commands of a stream are called.
#pragma once

#include <qember/advanced/event/event.hpp>

namespace qember::event {

/// Such as `switchover_start`; empty for an id that this library does not know.
std::string_view command_name(std::uint16_t id) noexcept;
/// The command of that name; nothing where there is none.
std::optional<CommandId> find_command(std::string_view name) noexcept;

}  // namespace qember::event
