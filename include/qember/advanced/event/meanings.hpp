// SPDX-License-Identifier: LGPL-2.1-or-later
/// What numbers and payloads of a stream stand for.
#pragma once

#include <qember/advanced/event/event.hpp>

#include <string>

namespace qember::event {

/// A subsection of the configuration: a number, names, or bytes. Views are of the subsection's payload.
std::variant<std::uint64_t, std::vector<std::string_view>, ByteView> value_of(
    const ConfigurationSubsection& subsection);

/// The same for people.
std::string text_of(const ConfigurationSubsection& subsection);

/// The name of a command; empty where the id is not known.
std::string_view name_of_command(std::uint16_t id) noexcept;
/// The command of that name; nothing where there is none.
std::optional<CommandId> find_command(std::string_view name) noexcept;

}  // namespace qember::event
