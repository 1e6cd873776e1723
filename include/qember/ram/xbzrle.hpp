// SPDX-License-Identifier: LGPL-2.1-or-later
/// XBZRLE: what changed in a page, as a delta.
///
/// A delta is a row of pairs: how many bytes stay, then how many change and their new values. After the
/// last pair the page stays as it was. A length is little-endian base 128 in one byte or two; only the
/// first pair may let no byte stay, and none may change no byte.
#pragma once

#include <qember/core/bytes.hpp>
#include <qember/core/result.hpp>

#include <cstddef>
#include <optional>

namespace qember::ram {

/// The longest run that a delta can express.
constexpr std::size_t max_xbzrle_run = 0x3fff;

Status xbzrle_check(ByteView delta, std::size_t page_size);
Status xbzrle_apply(ByteView delta, MutableBytes page);
std::optional<std::size_t> xbzrle_encode(ByteView old_page, ByteView new_page, MutableBytes out) noexcept;

}  // namespace qember::ram
