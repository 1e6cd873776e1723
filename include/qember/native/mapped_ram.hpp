// SPDX-License-Identifier: LGPL-2.1-or-later
/// The layout of a mapped-ram file (QEMU 9.0 and later): after the fields of each block its bitmap and its
/// pages, at fixed offsets, with padding between.
#pragma once

#include <qember/core/result.hpp>
#include <qember/native/event.hpp>

namespace qember::native {

/// Octets of a block's bitmap: one bit a page, in words of 64.
constexpr std::uint64_t mapped_bitmap_size(const RamBlock& block) {
  const std::uint64_t pages = block.length / block.mapped->page_size;
  return (pages + 63) / 64 * 8;
}

/// Octets of a block's fields in the file.
constexpr std::uint64_t mapped_fields_size(const RamBlock& block) {
  return 1 + block.name.size() + 8 + (block.address ? 8 : 0) + 4 + 8 + 8 + 8;
}

/// Where the block ends, and the fields of the next begin.
constexpr std::uint64_t mapped_end(const RamBlock& block) {
  return block.mapped->pages_offset + block.length;
}

/// Whether a block whose fields begin at `offset` is laid out as QEMU does: in order, and with no more
/// padding than it needs to align. The error has no place.
Status check_mapped_block(const RamBlock& block, std::uint64_t offset);

}  // namespace qember::native
