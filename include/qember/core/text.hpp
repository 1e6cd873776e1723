// SPDX-License-Identifier: LGPL-2.1-or-later
/// Bytes as text, for messages and for names.
#pragma once

#include <qember/core/bytes.hpp>

#include <optional>
#include <string>

namespace qember {

/// The first bytes of `in` in hexadecimal, for `Error::found`.
std::string hex_excerpt(ByteView in, std::size_t most = 8);

/// Characters of a text in UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, no overlong form), or
/// nothing where it is none. NUL is refused too: it would end the name in C.
std::optional<std::size_t> utf8_characters(ByteView text) noexcept;

/// What a name is in every stream of QEMU's: not empty, UTF-8, without control characters of ASCII.
bool is_name(ByteView name) noexcept;

}  // namespace qember
