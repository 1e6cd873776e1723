// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/page_numbers.hpp>

#include <algorithm>

namespace qember::vm {
namespace {

MutableBytes bytes_of(NumberSpool::Chunk& chunk) {
  return {reinterpret_cast<std::uint8_t*>(chunk.data()), sizeof chunk};
}

}  // namespace

NumberSpool::Chunk& NumberSpool::change(std::uint64_t slot) {
  Chunk& chunk = load(slot);
  changed_ |= current_ == slot;
  return chunk;
}

NumberSpool::Chunk& NumberSpool::load(std::uint64_t slot) {
  if (slot < most_in_memory) {
    for (; chunks_.size() <= slot;) chunks_.push_back(std::make_unique<Chunk>());
    return *chunks_[slot];
  }
  if (current_ == slot || !status_) return buffer_;
  if (current_ && std::exchange(changed_, false)) {
    status_ = file_.write(*current_ * sizeof buffer_, bytes_of(buffer_));
    written_ = std::max(written_, *current_ + 1);
  }
  buffer_ = {};
  if (status_ && slot < written_) status_ = file_.read(slot * sizeof buffer_, bytes_of(buffer_));
  current_ = slot;
  return buffer_;
}

std::optional<std::uint64_t> PageNumbers::slot_of(std::uint64_t chunk) const {
  const auto after = extents_.upper_bound(chunk);
  if (after == extents_.begin()) return std::nullopt;
  const auto& [first, extent] = *std::prev(after);
  return chunk - first < extent.count ? std::optional(extent.slot + (chunk - first)) : std::nullopt;
}

std::uint64_t PageNumbers::slot_for(NumberSpool& spool, std::uint64_t chunk) {
  if (const auto slot = slot_of(chunk)) return *slot;
  const std::uint64_t slot = spool.add();
  const auto after = extents_.upper_bound(chunk);
  if (after != extents_.begin()) {
    auto& [first, extent] = *std::prev(after);
    if (first + extent.count == chunk && extent.slot + extent.count == slot) return ++extent.count, slot;
  }
  extents_.emplace_hint(after, chunk, Extent{1, slot});
  return slot;
}

void PageNumbers::set(NumberSpool& spool, std::uint64_t page, std::uint64_t number) {
  spool.change(slot_for(spool, page / chunk_pages))[page % chunk_pages] = number;
}

std::uint64_t PageNumbers::get(NumberSpool& spool, std::uint64_t page) const {
  const auto slot = slot_of(page / chunk_pages);
  return slot ? spool.read(*slot)[page % chunk_pages] : 0;
}

void PageNumbers::replace(NumberSpool& spool, std::uint64_t first, std::uint64_t end, std::uint64_t number) {
  for (auto chunk = next_chunk(first / chunk_pages); chunk && *chunk * chunk_pages < end;
       chunk = next_chunk(*chunk + 1)) {
    const std::uint64_t base = *chunk * chunk_pages;
    NumberSpool::Chunk& numbers = spool.change(*slot_of(*chunk));
    for (std::uint64_t page = std::max(first, base); page < std::min(end, base + chunk_pages); ++page)
      if (std::uint64_t& each = numbers[page - base]; each != 0) each = number;
  }
}

std::optional<std::uint64_t> PageNumbers::next_chunk(std::uint64_t chunk) const {
  if (slot_of(chunk)) return chunk;
  const auto after = extents_.upper_bound(chunk);
  return after == extents_.end() ? std::nullopt : std::optional(after->first);
}

NumberSpool::Chunk PageNumbers::chunk(NumberSpool& spool, std::uint64_t chunk) const {
  const auto slot = slot_of(chunk);
  return slot ? spool.read(*slot) : Chunk{};
}

}  // namespace qember::vm
