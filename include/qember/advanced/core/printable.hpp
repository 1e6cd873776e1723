// SPDX-License-Identifier: LGPL-2.1-or-later
/// Texts for a terminal or a log: what of a stream may reach it, and numbers as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qember {

/// `text` as it can be printed anywhere, JSON included: control characters, bytes that are not UTF-8, and
/// characters that turn the direction of writing become `\xNN`, a backslash `\\`. Names come from streams.
std::string printable(std::string_view text);
/// The same of a line that is put together already, backslashes and all.
std::string printable_line(std::string_view text);

/// `123,456`
std::string grouped(std::uint64_t number);
/// `1 byte`, `2 bytes`
std::string counted(std::uint64_t number, std::string_view unit);

}  // namespace qember
