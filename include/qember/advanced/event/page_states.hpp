// SPDX-License-Identifier: LGPL-2.1-or-later
/// Two bits about each page of a RAM block.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>

namespace qember::event {

/// `State`: an enumeration of at most four values, of which the first is for pages that nothing was said of.
/// Takes memory where pages were noted, not for what a block claims to be: 80 bytes for each 4096 pages that
/// fall into few runs of equal states, as those of a stream in order do, and 1 KiB more where they do not.
template <class State>
class PageStates {
 public:
  PageStates() = default;
  PageStates(PageStates&&) noexcept = default;
  PageStates& operator=(PageStates&&) noexcept = default;

  State get(std::uint64_t page) const {
    const auto found = chunks_.find(page / chunk_pages);
    return found == chunks_.end() ? State{} : at(found->second, page % chunk_pages);
  }

  /// The memory that the index takes, about.
  std::size_t bytes() const { return bytes_; }

  /// Sets the state of a page; returns what it was.
  State exchange(std::uint64_t page, State state) {
    Chunk& chunk = chunk_of(page);
    const std::uint64_t inside = page % chunk_pages;
    if (!chunk.words && chunk.extend(inside, state)) return State{};
    const State before = at(chunk, inside);
    if (before != state) set(chunk, inside, inside + 1, state);
    return before;
  }

  /// Sets the states of `count` pages.
  void assign(std::uint64_t first, std::uint64_t count, State state) {
    for (const std::uint64_t end = first + count; first < end;) {
      const std::uint64_t inside = first % chunk_pages;
      const std::uint64_t some = std::min(end - first, chunk_pages - inside);
      set(chunk_of(first), inside, inside + some, state);
      first += some;
    }
  }

  /// Forgets what was said of the pages of [first, end). Calls `each(first, count, state)` for neighbours
  /// that were alike, in order. Takes time for pages that were noted, each of which it meets once.
  template <class Each>
  void clear(std::uint64_t first, std::uint64_t end, Each each) {
    last_ = nullptr;
    for (auto chunk = chunks_.lower_bound(first / chunk_pages); chunk != chunks_.end();) {
      const std::uint64_t base = chunk->first * chunk_pages;
      if (base >= end) return;
      const std::uint64_t from = std::max(first, base) - base;
      const std::uint64_t to = std::min(end - base, chunk_pages);
      visit(chunk->second, from, to, [&](std::uint64_t begin, std::uint64_t stop, State state) {
        each(base + begin, stop - begin, state);
      });
      set(chunk->second, from, to, State{});
      chunk = chunk->second.empty() ? erase(chunk) : std::next(chunk);
    }
  }

 private:
  static constexpr std::uint64_t chunk_pages = 4096;
  static constexpr std::uint64_t word_pages = 32;
  static constexpr std::size_t most_runs = 11;
  static constexpr std::size_t chunk_bytes = 80;  // a node of the map
  using Words = std::array<std::uint64_t, chunk_pages / word_pages>;

  /// Pages from `first` to the next run.
  struct Run {
    std::uint16_t first : 14;
    std::uint16_t state : 2;
  };
  /// Runs while these are few, else words.
  struct Chunk {
    std::unique_ptr<Words> words;
    std::array<Run, most_runs> runs{};  ///< the first of them begins at 0
    std::uint16_t count = 1;

    /// Whether that page is the first of a last run that nothing is known of, and goes on with what is
    /// before.
    bool extend(std::uint64_t page, State state) {
      Run& last = runs[count - 1U];
      if (count < 2 || last.first != page || last.state != 0 || page + 1 == chunk_pages ||
          runs[count - 2U].state != static_cast<std::uint16_t>(state))
        return false;
      ++last.first;
      return true;
    }
    bool empty() const {
      if (words) return std::ranges::all_of(*words, [](std::uint64_t word) { return word == 0; });
      return count == 1 && runs[0].state == 0;
    }
  };
  using Chunks = std::map<std::uint64_t, Chunk>;

  Chunk& chunk_of(std::uint64_t page) {
    if (last_ != nullptr && last_index_ == page / chunk_pages) return *last_;
    last_index_ = page / chunk_pages;
    const auto [place, is_new] = chunks_.try_emplace(last_index_);
    if (is_new) bytes_ += chunk_bytes;
    return *(last_ = &place->second);
  }

  typename Chunks::iterator erase(typename Chunks::iterator chunk) {
    bytes_ -= chunk_bytes + (chunk->second.words ? sizeof(Words) : 0);
    return chunks_.erase(chunk);
  }

  static State word_at(const Words& words, std::uint64_t page) {
    return static_cast<State>(words[page / word_pages] >> (page % word_pages * 2) & 3U);
  }
  static State at(const Chunk& chunk, std::uint64_t page) {
    if (chunk.words) return word_at(*chunk.words, page);
    std::size_t run = chunk.count;
    while (chunk.runs[--run].first > page) {
    }
    return static_cast<State>(chunk.runs[run].state);
  }

  static void set_words(Words& words, std::uint64_t first, std::uint64_t end, State state) {
    for (std::uint64_t page = first; page < end; ++page) {
      std::uint64_t& word = words[page / word_pages];
      const std::uint64_t shift = page % word_pages * 2;
      word = (word & ~(std::uint64_t{3} << shift)) | static_cast<std::uint64_t>(state) << shift;
    }
  }

  void set(Chunk& chunk, std::uint64_t first, std::uint64_t end, State state) {
    if (chunk.words) return set_words(*chunk.words, first, end, state);
    std::array<Run, most_runs + 2> runs;
    std::size_t count = 0;
    const auto add = [&](std::uint64_t begin, std::uint16_t of) {
      if (count == 0 || runs[count - 1].state != of)
        runs[count++] = {static_cast<std::uint16_t>(begin & 0x3fffU), of};
    };
    std::size_t next = 0;
    for (; next < chunk.count && chunk.runs[next].first < first; ++next) runs[count++] = chunk.runs[next];
    add(first, static_cast<std::uint16_t>(state));
    if (end < chunk_pages) add(end, static_cast<std::uint16_t>(at(chunk, end)));
    for (; next < chunk.count; ++next)
      if (chunk.runs[next].first > end) add(chunk.runs[next].first, chunk.runs[next].state);
    if (count > most_runs) {
      spread(chunk);
      return set_words(*chunk.words, first, end, state);
    }
    std::copy_n(runs.begin(), count, chunk.runs.begin());
    chunk.count = static_cast<std::uint16_t>(count);
  }

  /// From runs to words.
  void spread(Chunk& chunk) {
    auto words = std::make_unique<Words>();
    visit(chunk, 0, chunk_pages,
          [&](std::uint64_t first, std::uint64_t end, State state) { set_words(*words, first, end, state); });
    chunk.words = std::move(words);
    bytes_ += sizeof(Words);
  }

  /// Calls `each(first, end, state)` for the runs in [from, to) that something was said of.
  template <class Each>
  static void visit(const Chunk& chunk, std::uint64_t from, std::uint64_t to, Each each) {
    for (std::uint64_t page = from; page < to;) {
      if (chunk.words && page % word_pages == 0 && (*chunk.words)[page / word_pages] == 0) {
        page += word_pages;
        continue;
      }
      const State state = at(chunk, page);
      const std::uint64_t end = std::min(to, run_end(chunk, page, state));
      if (state != State{}) each(page, end, state);
      page = end;
    }
  }
  static std::uint64_t run_end(const Chunk& chunk, std::uint64_t page, State state) {
    if (chunk.words) {
      for (++page; page < chunk_pages; ++page) {
        // Words of nothing are passed over at once: what holds nothing ends where a word begins.
        if (state == State{} && page % word_pages == 0) break;
        if (word_at(*chunk.words, page) != state) break;
      }
      return page;
    }
    for (std::size_t run = 0; run < chunk.count; ++run)
      if (chunk.runs[run].first > page) return chunk.runs[run].first;
    return chunk_pages;
  }

  Chunks chunks_;
  Chunk* last_ = nullptr;  ///< pages come in order, mostly
  std::uint64_t last_index_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace qember::event
