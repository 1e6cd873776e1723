// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is known of the pages of a guest's RAM while its stream goes by: their states.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/event/channels.hpp>
#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/page_states.hpp>
#include <qember/advanced/event/page_tally.hpp>

#include <vector>

namespace qember::event {

/// That notes on pages take more than `most` bytes, at the event at hand.
Error refuse_page_notes(const Context& context, std::size_t most);

/// The states of the pages of all blocks, within `Limits::max_page_states`. The list of blocks and the page
/// size are the session's: only what a consumer tells pages apart by is its own.
///
/// `State`: see `PageStates`. Blocks and pages are those of the list: see `has`. Distinct objects may be used
/// concurrently.
template <class State>
class PageLedger {
 public:
  /// `context`, of the events, outlives this.
  PageLedger(const Context& context, const Limits& limits)
      : context_(context), most_(limits.max_page_states) {}

  /// The list of blocks came; nothing is known of their pages.
  void note(const RamBlocks& list) {
    states_.clear();
    states_.resize(list.blocks.size());
    bytes_ = 0;
  }
  /// Whether a list came that is not empty.
  bool has_blocks() const noexcept { return !states_.empty(); }
  bool has(std::uint32_t block) const noexcept { return block < states_.size(); }
  std::uint64_t page_size() const { return context_.session().page_size_or_default(); }
  /// A page's number in its block.
  std::uint64_t number_of(const RamPage& page) const { return page.addr / page_size(); }

  State get(std::uint32_t block, std::uint64_t page) const { return states_[block].get(page); }
  /// Sets the state of a page; returns what it was.
  State exchange(std::uint32_t block, std::uint64_t page, State state) {
    PageStates<State>& states = states_[block];
    bytes_ -= states.bytes();
    const State before = states.exchange(page, state);
    bytes_ += states.bytes();
    return before;
  }
  /// Sets the states of `count` pages.
  void assign(std::uint32_t block, std::uint64_t first, std::uint64_t count, State state) {
    bytes_ -= states_[block].bytes();
    states_[block].assign(first, count, state);
    bytes_ += states_[block].bytes();
  }
  /// Forgets the pages of [first, end); see `PageStates::clear`.
  template <class Each>
  void clear(std::uint32_t block, std::uint64_t first, std::uint64_t end, const Each& each) {
    bytes_ -= states_[block].bytes();
    states_[block].clear(first, end, each);
    bytes_ += states_[block].bytes();
  }
  bool has_states(std::uint32_t block) const noexcept { return states_[block].bytes() != 0; }

  /// Bytes of memory that the states take, about.
  std::size_t bytes() const noexcept { return bytes_; }
  /// Whether they take more than the limit, with `more` bytes that are kept beside them.
  bool is_full(std::size_t more = 0) const noexcept { return bytes_ + more > most_; }
  /// `Errc::limit` where that is so.
  Status check_memory(std::size_t more = 0) const {
    if (!is_full(more)) return {};
    return refuse_page_notes(context_, most_);
  }

 private:
  const Context& context_;
  std::size_t most_;
  std::size_t bytes_ = 0;
  std::vector<PageStates<State>> states_;  ///< by block
};

}  // namespace qember::event
