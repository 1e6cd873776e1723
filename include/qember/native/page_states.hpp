// SPDX-License-Identifier: LGPL-2.1-or-later
/// Two bits about each page of a RAM block.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace qember::native {

/// `State`: an enumeration of four values, of which the first is for pages that nothing was said of.
/// Takes memory where pages were noted, not for what a block claims to be: 256 bytes for each run of 1024
/// pages.
template <class State>
class PageStates {
 public:
  PageStates() = default;
  PageStates(PageStates&&) noexcept = default;
  PageStates& operator=(PageStates&&) noexcept = default;

  State get(std::uint64_t page) const {
    const auto found = chunks_.find(page / chunk_pages);
    return found == chunks_.end() ? State{} : at(found->second, page);
  }

  /// Memory that is taken, about.
  std::size_t octets() const { return chunks_.size() * (sizeof(Chunk) + 48); }

  /// Sets the state of a page; returns what it was.
  State exchange(std::uint64_t page, State state) {
    if (last_ == nullptr || last_index_ != page / chunk_pages) {
      last_index_ = page / chunk_pages;
      last_ = &chunks_[last_index_];
    }
    const State before = at(*last_, page);
    put(*last_, page, state);
    return before;
  }

  /// Calls `change(State)` for the pages of [first, end) that something was said of, and sets each to what
  /// it returns.
  template <class Change>
  void change_noted(std::uint64_t first, std::uint64_t end, Change change) {
    for (auto chunk = chunks_.lower_bound(first / chunk_pages); chunk != chunks_.end(); ++chunk) {
      const std::uint64_t begin = chunk->first * chunk_pages;
      if (begin >= end) return;
      const std::uint64_t stop = std::min(end, begin + chunk_pages);
      for (std::uint64_t page = std::max(first, begin); page < stop; ++page)
        if (const State state = at(chunk->second, page); state != State{})
          put(chunk->second, page, change(state));
    }
  }

 private:
  static constexpr std::uint64_t chunk_pages = 1024;
  static constexpr std::uint64_t word_pages = 32;
  using Chunk = std::array<std::uint64_t, chunk_pages / word_pages>;

  static State at(const Chunk& chunk, std::uint64_t page) {
    return static_cast<State>(chunk[page % chunk_pages / word_pages] >> (page % word_pages * 2) & 3U);
  }
  static void put(Chunk& chunk, std::uint64_t page, State state) {
    std::uint64_t& word = chunk[page % chunk_pages / word_pages];
    const std::uint64_t shift = page % word_pages * 2;
    word = (word & ~(std::uint64_t{3} << shift)) | static_cast<std::uint64_t>(state) << shift;
  }

  std::map<std::uint64_t, Chunk> chunks_;
  Chunk* last_ = nullptr;  ///< pages come in order, mostly
  std::uint64_t last_index_ = 0;
};

}  // namespace qember::native
