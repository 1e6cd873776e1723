// SPDX-License-Identifier: LGPL-2.1-or-later
/// XBZRLE: how a page changed, as a delta.
///
/// A delta is a row of pairs: how many bytes stay, then how many change and their new values. After the
/// last pair the page stays as it was. A length is little-endian base 128, in one byte or two. Only the
/// first pair may begin with 0 bytes that stay; no pair changes 0 bytes. A delta is no longer than its page.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <cstddef>
#include <optional>

namespace qember::ram {

/// The longest run that a length of two bytes can tell.
constexpr std::size_t max_xbzrle_run = 0x3fff;

/// Whether all of `delta` is sound for a page of that size. The error's offset is the index in `delta` of
/// the first byte of the first run that is not: of its length.
Status xbzrle_check(ByteView delta, std::size_t page_size);

/// Changes `page`, or refuses as `xbzrle_check` does, with no byte changed.
Status xbzrle_apply(ByteView delta, MutableBytes page);

/// Writes the delta that turns `old_page` into `new_page` at the begin of `out`: the one that QEMU writes,
/// its runs as long as can be and without the last bytes that stay. `out` may be changed beyond it.
///
/// - Its size: 3 or more.
/// - 0: the pages are equal and there is nothing to send.
/// - nothing: send the page itself. The delta does not fit in `out` (QEMU gives it a page's size, and wants
///   room for two lengths more wherever the page goes on), a run is longer than `max_xbzrle_run`, or these
///   are no pages: of two sizes, or not of a multiple of 256 bytes.
std::optional<std::size_t> xbzrle_encode(ByteView old_page, ByteView new_page, MutableBytes out) noexcept;

}  // namespace qember::ram
