// SPDX-License-Identifier: LGPL-2.1-or-later
/// Copies of pages as they were sent last: what deltas are made against.
///
/// Memory is bounded by construction. Every page has one place, its number modulo the number of places, and
/// it takes that from another page only where it is not fresh: where that was looked up neither in this round
/// nor in the one before. So pages that change in every round keep their places, as in QEMU's cache, and a
/// pass over all of memory does not drive them out.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <memory>

namespace qember::ram {

class PageCache {
 public:
  /// Has as many places as `memory` bytes hold, the notes about them included; none where a page does not
  /// fit, or where the system has not so much. Memory is taken from it as places are filled.
  PageCache(std::size_t memory, std::size_t page_size);

  std::size_t places() const noexcept { return notes_.size(); }
  /// What one of them takes, of a page of a sound size.
  static constexpr std::size_t place_size(std::size_t page_size) noexcept { return page_size + sizeof(Note); }
  /// Rounds are counted from 0.
  void begin_round() noexcept { ++round_; }

  /// The copy of the page with that number, which is fresh from now on; empty where there is none. The
  /// caller may change it.
  MutableBytes find(std::uint64_t page) noexcept;
  /// A place for a page that `find` does not find, its contents for the caller to fill; empty where another
  /// page there is fresh.
  MutableBytes insert(std::uint64_t page) noexcept;

 private:
  struct Note {
    std::uint64_t page = 0;
    std::uint64_t stale = 0;  ///< the first round in which the place may be taken; 0 for an empty one
  };

  MutableBytes copy(std::size_t place) noexcept { return {copies_.get() + place * page_size_, page_size_}; }

  std::size_t page_size_;
  std::unique_ptr<std::uint8_t[]> copies_;
  std::vector<Note> notes_;
  std::uint64_t round_ = 0;
};

}  // namespace qember::ram
