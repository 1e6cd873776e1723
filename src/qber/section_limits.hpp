// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a section that is read whole may hold: the reader goes by it, and so does what writes for it.
#pragma once

#include <qember/advanced/core/limits.hpp>

#include "tags.hpp"

#include <algorithm>

namespace qember::qber {

/// Whether the contents of a `SecFull`, from their tag on, are the list of RAM blocks.
inline bool is_block_list(ByteView contents) { return begins_with(contents, own_tags.block_list); }

/// Whether they are the values of a device.
inline bool is_entries(ByteView contents) { return begins_with(contents, own_tags.entries); }

/// The list may have as many blocks as a stream may open, three TLVs each: `Limits::max_blocks` bounds it.
inline Limits section_limits(ByteView contents, const Limits& limits) {
  constexpr std::size_t tlvs_of_block = 3;
  constexpr std::size_t tlvs_around = 16;
  Limits wide = limits;
  if (is_block_list(contents))
    wide.max_tlvs = std::max(limits.max_tlvs, tlvs_of_block * limits.max_blocks + tlvs_around);
  return wide;
}

}  // namespace qember::qber
