// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/core_parts.hpp>

#include "core_head.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::dump {

CoreParts CoreParts::of(const vm::RamLayout& layout, std::span<const event::RamBlock> blocks) {
  CoreParts parts;
  parts.numbers_.resize(blocks.size());
  for (const vm::PlacedRam& piece : layout.placed) parts.add(piece.block, blocks[piece.block].length);
  for (const vm::UnplacedRam& each : layout.unplaced)
    if (each.is_ram) parts.add(each.block, blocks[each.block].length);
  return parts;
}

void CoreParts::add(std::uint32_t block, std::uint64_t length) {
  if (find(block) != nullptr) return;
  parts_.push_back({block, length, end_});
  numbers_[block] = parts_.size();
  end_ += length;
}

const CoreParts::Part* CoreParts::find(std::uint32_t block) const {
  const std::size_t number = block < numbers_.size() ? numbers_[block] : 0;
  return number == 0 ? nullptr : &parts_[number - 1];
}

const CoreParts::Part* CoreParts::at(std::uint64_t file_offset) const {
  const auto after = std::ranges::upper_bound(parts_, file_offset, {}, &Part::file_offset);
  return after == parts_.begin() || file_offset >= end_ ? nullptr : &*std::prev(after);
}

Result<std::vector<CoreSegment>> CoreParts::segments(const vm::RamLayout& layout,
                                                     std::span<const event::RamBlock> blocks,
                                                     const vm::AbsenceOf& absence_of_block) const {
  constexpr std::uint64_t one_mib = std::uint64_t{1} << 20U;
  if (auto status = layout.check_whole(blocks); !status) return std::move(status.error());
  if (auto status = vm::check_included(blocks, layout, absence_of_block); !status)
    return std::move(status.error());
  std::vector<CoreSegment> segments;
  for (const vm::PlacedRam& piece : layout.placed) {
    if (absence_of_block(piece.block)) continue;
    const std::uint64_t at = find(piece.block)->file_offset + piece.offset;
    CoreSegment* const last = segments.empty() ? nullptr : &segments.back();
    if (last != nullptr && last->address + last->size == piece.address &&
        last->file_offset + last->size == at && piece.address != one_mib)
      last->size += piece.size;
    else
      segments.push_back({piece.address, at, piece.size, piece.address});
  }
  if (segments.size() >= most_core_segments)
    return refuse_core(fmt::format("RAM in less than {} pieces", most_core_segments),
                       fmt::to_string(segments.size()));
  return segments;
}

}  // namespace qember::dump
