// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mapped_position.hpp"

#include "../event/mapped_ram.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

Error refuse(Errc code, std::string expected, std::string found) {
  return {code, 0, {}, std::move(expected), std::move(found)};
}

}  // namespace

Status MappedPosition::check_block(std::span<const event::RamBlock> blocks, std::uint32_t block) const {
  if (at_ && block < blocks.size()) return {};
  return refuse(Errc::bad_annotation, "a block of a mapped-ram file", fmt::to_string(block));
}

Status MappedPosition::advance(const event::RamBlock& block, std::uint32_t index, std::uint64_t at,
                               std::uint64_t size) {
  if (event::is_left_out(block))
    return refuse(Errc::bad_annotation, "a block that is in the mapped-ram file",
                  fmt::format("{:?}", block.name));
  if (at < *at_ || (block_ && index < *block_) || size > ~std::uint64_t{0} - at)
    return refuse(Errc::wrong_order, fmt::format("what comes at {} of the file or later", *at_),
                  fmt::to_string(at));
  at_ = at + size;
  block_ = index;
  return {};
}

Status MappedPosition::pass_page(std::span<const event::RamBlock> blocks, std::uint32_t block,
                                 std::uint64_t addr, std::uint64_t size) {
  return advance(blocks[block], block, blocks[block].mapped->pages_offset + addr, size);
}

Status MappedPosition::pass(std::span<const event::RamBlock> blocks, const event::MappedBitmap& bitmap) {
  if (auto status = check_block(blocks, bitmap.block); !status) return status;
  const event::RamBlock& block = blocks[bitmap.block];
  const std::uint64_t before = block_ == bitmap.block ? bitmap_bytes_ : 0;
  if (bitmap.data.size() > event::mapped_bitmap_size(block) - before)
    return refuse(Errc::bad_annotation, fmt::format("a bitmap of {} bytes", event::mapped_bitmap_size(block)),
                  "more");
  if (auto status = advance(block, bitmap.block, block.mapped->bitmap_offset + before, bitmap.data.size());
      !status)
    return status;
  bitmap_bytes_ = before + bitmap.data.size();
  return {};
}

Status MappedPosition::pass(std::span<const event::RamBlock> blocks, const event::MappedStale& stale) {
  if (auto status = check_block(blocks, stale.block); !status) return status;
  const event::RamBlock& block = blocks[stale.block];
  const std::uint64_t page_size = block.mapped->page_size;
  if (stale.addr >= block.length || stale.addr % page_size != 0 || stale.data.size() != page_size)
    return refuse(Errc::page_outside_block, "a page of the block", fmt::format("{:#x}", stale.addr));
  return advance(block, stale.block, block.mapped->pages_offset + stale.addr, stale.data.size());
}

}  // namespace qember::qber
