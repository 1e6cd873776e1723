// SPDX-License-Identifier: LGPL-2.1-or-later
/// The layout of a mapped-ram file (QEMU 9.0 and later): after the fields of each block its bitmap and its
/// pages, at fixed offsets, with padding between.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

namespace qember::event {

/// Whether QEMU left the block out of the file, since it is shared memory (x-ignore-shared): both offsets are
/// 0, and the fields of the next block follow at once.
constexpr bool is_left_out(const RamBlock& block) {
  return block.address && block.mapped && block.mapped->bitmap_offset == 0 && block.mapped->pages_offset == 0;
}

/// Bytes of a block's bitmap: one bit a page, in words of 64.
constexpr std::uint64_t mapped_bitmap_size(const RamBlock& block) {
  if (is_left_out(block)) return 0;
  const std::uint64_t pages = block.length / block.mapped->page_size;
  return (pages + 63) / 64 * 8;
}

/// Bytes of RAM that blocks have in the file.
constexpr std::uint64_t mapped_size(std::span<const RamBlock> blocks) {
  std::uint64_t size = 0;
  for (const RamBlock& block : blocks)
    if (block.mapped && !is_left_out(block)) size += block.length;
  return size;
}

/// Bytes of a block's fields in the file.
constexpr std::uint64_t mapped_fields_size(const RamBlock& block) {
  return 1 + block.name.size() + 8 + (block.address ? 8 : 0) + 4 + 8 + 8 + 8;
}

/// Where the block ends whose fields begin at `offset` of the stream, and the fields of the next begin.
inline std::uint64_t mapped_end(const RamBlock& block, std::uint64_t offset) {
  return is_left_out(block) ? offset + mapped_fields_size(block) : block.mapped->pages_at() + block.length;
}

/// Which bit of a bitmap, counted from the lowest one of its first byte, says whether that page is there: the
/// page's own number on a little-endian host; on another one, the bytes of each word of 64 bits are the other
/// way round.
constexpr std::uint64_t mapped_page_bit(std::uint64_t page, bool is_big_endian) {
  return is_big_endian ? page ^ 56U : page;
}

/// Whether a block whose fields begin at `offset` of the stream is laid out as QEMU does: in order, and with
/// no more padding than it needs to align. The error has no place.
Status check_mapped_block(const RamBlock& block, std::uint64_t offset);

}  // namespace qember::event
