// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stored_pages.hpp"

#include <algorithm>
#include <bit>

namespace qember::vm {
namespace {

/// Bits of [begin, end) that are set.
template <class Words>
std::uint64_t count_bits(const Words& words, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t count = 0;
  while (begin < end) {
    const std::uint64_t inside = begin % 64;
    const std::uint64_t some = std::min(64 - inside, end - begin);
    const std::uint64_t mask = (some == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << some) - 1) << inside;
    count += static_cast<std::uint64_t>(std::popcount(words[begin / 64] & mask));
    begin += some;
  }
  return count;
}

}  // namespace

std::uint64_t NumberArrays::add() {
  if (free_.empty()) return spool_.add();
  const std::uint64_t slot = free_.back();
  free_.pop_back();
  change(slot) = {};
  return slot;
}

StoredPages::Chunk& StoredPages::chunk_of(std::uint64_t page) {
  if (last_ != nullptr && last_index_ == page / chunk_pages) return *last_;
  last_index_ = page / chunk_pages;
  const auto [place, is_new] = chunks_.try_emplace(last_index_);
  if (is_new) bytes_ += sizeof_chunk;
  last_ = &place->second;
  next_ = {};
  // What the last run of a chunk that was left goes on with is not known any more.
  if (!is_new && last_->slot == no_slot) spread(*last_);
  return *last_;
}

/// Whether a page may be put behind the runs of the chunk; else the chunk is an array.
bool StoredPages::goes_on(Chunk& chunk, std::uint16_t inside) {
  if (chunk.slot != no_slot) return false;
  if (chunk.runs.empty() || inside >= chunk.runs.back().end) return true;
  spread(chunk);
  return false;
}

StoredPages::Run& StoredPages::begin_run(Chunk& chunk, std::uint16_t inside) {
  const std::size_t before = chunk.runs.capacity();
  Run& run = chunk.runs.emplace_back();
  bytes_ += (chunk.runs.capacity() - before) * sizeof(Run);
  run.begin = run.end = inside;
  run.sizes = sizes_;
  next_ = {};
  return run;
}

void StoredPages::add_zero(std::uint64_t page) {
  Chunk& chunk = chunk_of(page);
  const auto inside = static_cast<std::uint16_t>(page % chunk_pages);
  if (!goes_on(chunk, inside)) return set(page, {PageNumber::Kind::zero, 0});
  const bool is_next = !chunk.runs.empty() && chunk.runs.back().end == inside;
  Run& run = is_next ? chunk.runs.back() : begin_run(chunk, inside);
  ++run.end;
  chunk.zeros[inside / word_bits] |= std::uint64_t{1} << (inside % word_bits);
  if (run.first_full == none) return;
  ++next_.tail;
  next_.position += run.sizes.zero;
}

void StoredPages::add_full(std::uint64_t page, std::uint64_t position) {
  Chunk& chunk = chunk_of(page);
  const auto inside = static_cast<std::uint16_t>(page % chunk_pages);
  if (!goes_on(chunk, inside)) return set(page, {PageNumber::Kind::full, position});
  Run* run = chunk.runs.empty() ? nullptr : &chunk.runs.back();
  const bool is_next = run != nullptr && run->end == inside &&
                       (run->first_full == none || position == next_.position || learn(*run, position));
  if (!is_next) {
    if (chunk.runs.size() >= most_runs) return spread(chunk), set(page, {PageNumber::Kind::full, position});
    run = &begin_run(chunk, inside);
  }
  ++run->end;
  if (run->first_full == none) {
    run->first_full = inside;
    run->position = position;
  }
  next_.inner += std::exchange(next_.tail, 0U);
  ++next_.full;
  next_.last = position;
  next_.position = position + page_size_ + run->sizes.full;
}

/// Whether other sizes of records, which nothing in the run is against, put the next page at that position.
bool StoredPages::learn(Run& run, std::uint64_t position) {
  if (position < next_.last || position - next_.last < page_size_) return false;
  const std::uint64_t between = position - next_.last - page_size_;
  constexpr std::uint64_t most = 0xff;
  RecordSizes sizes = run.sizes;
  if (next_.tail == 0) {
    if (next_.full != 1 || between > most) return false;
    sizes.full = static_cast<std::uint8_t>(between);
  } else {
    if (next_.inner != 0 || between < sizes.full || (between - sizes.full) % next_.tail != 0) return false;
    const std::uint64_t zero = (between - sizes.full) / next_.tail;
    if (zero > most) return false;
    sizes.zero = static_cast<std::uint8_t>(zero);
  }
  run.sizes = sizes_ = sizes;
  return true;
}

void StoredPages::set(std::uint64_t page, PageNumber number) {
  Chunk& chunk = chunk_of(page);
  if (chunk.slot == no_slot) spread(chunk);
  arrays_->change(chunk.slot)[page % chunk_pages] = number.bits();
}

PageNumber StoredPages::get(std::uint64_t page) const {
  const auto found = chunks_.find(page / chunk_pages);
  return found == chunks_.end() ? PageNumber() : find(found->second, page % chunk_pages);
}

PageNumber StoredPages::find(const Chunk& chunk, std::uint64_t inside) const {
  if (chunk.slot != no_slot) return PageNumber::of_bits(arrays_->read(chunk.slot)[inside]);
  const auto after = std::ranges::upper_bound(chunk.runs, inside, {}, &Run::begin);
  if (after == chunk.runs.begin() || inside >= std::prev(after)->end) return {};
  const Run& run = *std::prev(after);
  if (count_bits(chunk.zeros, inside, inside + 1) != 0) return {PageNumber::Kind::zero, 0};
  const std::uint64_t zeros = count_bits(chunk.zeros, run.first_full, inside);
  const std::uint64_t full = inside - run.first_full - zeros;
  return {PageNumber::Kind::full,
          run.position + full * (page_size_ + run.sizes.full) + zeros * run.sizes.zero};
}

std::optional<std::uint64_t> StoredPages::next_data(std::uint64_t page) const {
  const auto is_data = [](PageNumber number) {
    const bool is_zeros = number.kind() == PageNumber::Kind::zero && number.value() == 0;
    return number.kind() != PageNumber::Kind::none && !is_zeros;
  };
  for (auto chunk = chunks_.lower_bound(page / chunk_pages); chunk != chunks_.end(); ++chunk) {
    const std::uint64_t base = chunk->first * chunk_pages;
    for (std::uint64_t inside = std::max(page, base) - base; inside < chunk_pages; ++inside)
      if (is_data(find(chunk->second, inside))) return base + inside;
  }
  return {};
}

std::uint64_t StoredPages::count() const {
  std::uint64_t count = 0;
  for (const auto& [index, chunk] : chunks_)
    for (std::uint64_t inside = 0; inside < chunk_pages; ++inside)
      count += find(chunk, inside).kind() != PageNumber::Kind::none;
  return count;
}

/// From runs to an array.
void StoredPages::spread(Chunk& chunk) {
  const std::uint64_t slot = arrays_->add();
  NumberSpool::Chunk& numbers = arrays_->change(slot);
  for (std::uint64_t inside = 0; inside < chunk_pages; ++inside) numbers[inside] = find(chunk, inside).bits();
  chunk.slot = slot;
  bytes_ -= chunk.runs.capacity() * sizeof(Run);
  std::vector<Run>().swap(chunk.runs);
}

void StoredPages::forget(std::uint64_t first, std::uint64_t end) {
  last_ = nullptr;
  for (auto chunk = chunks_.lower_bound(first / chunk_pages); chunk != chunks_.end();) {
    const std::uint64_t base = chunk->first * chunk_pages;
    if (base >= end) return;
    if (first <= base && base + chunk_pages <= end) {
      chunk = erase(chunk);
      continue;
    }
    if (chunk->second.slot == no_slot) spread(chunk->second);
    NumberSpool::Chunk& numbers = arrays_->change(chunk->second.slot);
    const std::uint64_t from = std::max(first, base) - base;
    const std::uint64_t to = std::min(end - base, chunk_pages);
    for (std::uint64_t inside = from; inside < to; ++inside) numbers[inside] = 0;
    ++chunk;
  }
}

StoredPages::Chunks::iterator StoredPages::erase(Chunks::iterator chunk) {
  bytes_ -= sizeof_chunk + chunk->second.runs.capacity() * sizeof(Run);
  if (chunk->second.slot != no_slot) arrays_->give_back(chunk->second.slot);
  return chunks_.erase(chunk);
}

}  // namespace qember::vm
