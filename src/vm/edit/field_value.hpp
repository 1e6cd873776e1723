// SPDX-License-Identifier: LGPL-2.1-or-later
/// Values of fields as people write them.
#pragma once

#include <qember/advanced/device/state.hpp>

#include <string>
#include <utility>

namespace qember::vm {

/// Pairs of hexadecimal digits, with blanks between the pairs or without. Nothing where the text is other.
std::optional<Bytes> parse_hex(std::string_view text);

/// DEVICE and OFFSET of DEVICE+OFFSET; nothing where the text is other.
std::optional<std::pair<std::string, std::uint64_t>> split_offset(std::string_view text);

/// Puts a value that is written as text in the bytes of one element of `field`: the mirror of `value_of`. A
/// number is decimal, or hexadecimal after 0x; a boolean is `true` or `false`; a buffer has all of its bytes
/// in hexadecimal, or a text in double quotes and zeros behind it. What was expected instead where the field
/// cannot hold it; empty where it can.
std::string store_value(const device::Field& field, std::string_view text, MutableBytes to);

}  // namespace qember::vm
