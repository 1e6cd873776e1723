// SPDX-License-Identifier: LGPL-2.1-or-later
/// What of a guest's memory was sent, in which form and how often: by address and by round. In constant
/// memory but for two bits a page, and two more of those that are sent again.
#pragma once

#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/rounds.hpp>
#include <qember/advanced/event/sink.hpp>

namespace qember::vm {

/// What a page was last sent as. A compressed page is a full one.
enum class PageForm : std::uint8_t { unsent, zero, full, delta };

/// Whether a page was sent more than once.
enum class SentAgain : std::uint8_t { no, yes };

/// Adjacent pages of a block.
struct PageBin {
  // Pages by `PageForm`; the rest was never sent.
  std::uint64_t zero = 0, full = 0, delta = 0;
  std::uint64_t resent = 0;  ///< records of pages that had been sent
  std::uint64_t again = 0;   ///< pages that were sent more than once

  std::uint64_t sent() const { return zero + full + delta; }
  PageBin& operator+=(const PageBin& other);
};

struct BlockMap {
  std::string name;
  std::uint64_t length = 0;  ///< bytes
  std::uint64_t pages = 0;
  std::uint64_t bin_pages = 1;            ///< of each bin but the last; a power of two
  std::map<std::uint64_t, PageBin> bins;  ///< by number; those alone of which something was sent
};

/// One walk over the memory, or several that follow one another.
struct RoundTally {
  std::uint64_t first = 1, last = 1;  ///< which, from 1
  // Records.
  std::uint64_t zero = 0, full = 0, delta = 0;
  std::uint64_t resent = 0;
  std::uint64_t bytes = 0;  ///< contents of pages, as they were sent

  std::uint64_t records() const { return zero + full + delta; }
  RoundTally& operator+=(const RoundTally& next);
};

class PageMap final : public event::Handler<PageMap> {
 public:
  /// `context`, of the events, outlives this.
  explicit PageMap(const event::Context& context, const Limits& limits = {})
      : context_(context), pages_(context, limits), again_(context, limits) {}

  // `take` refuses what takes more memory than `Limits::max_page_states`. A page that is in no block of the
  // list, which no source gives, is not counted.

  std::span<const BlockMap> blocks() const noexcept { return blocks_; }
  /// As `Rounds` counts them. From 1024 rounds on neighbours are one.
  std::span<const RoundTally> rounds() const noexcept { return rounds_; }
  std::uint64_t page_size() const { return context_.session().page_size_or_default(); }
  /// Whether RAM went over other connections, so that the map is not of it.
  bool sent_elsewhere() const { return channels_.sent_elsewhere(context_.session()); }
  /// Empty where the stream does not name it.
  const std::string& machine() const noexcept { return machine_; }

 private:
  friend class event::Handler<PageMap>;

  void on(const event::Configuration& configuration) { machine_ = as_text(configuration.machine); }
  void on(const event::Command& command) { round_count_.note(command); }
  void on(const event::SectionBegin& section) { channels_.note(section); }
  void on(const event::RamBlocks& list);
  void on(const event::RamControl& control) { channels_.note(control); }
  Status on(const event::RamPage& page);
  void on(const event::StreamEnd&) { finish(); }
  void on(const event::AnyOf<event::StreamBegin, event::MappedBitmap, event::MappedStale, event::Body,
                             event::SectionEnd, event::Eof, event::DescriptionText, event::TrailingData,
                             event::SchemaValue> auto&) {}
  void measure();
  void finish();
  void next_round();

  const event::Context& context_;
  event::PageLedger<PageForm> pages_;
  event::PageLedger<SentAgain> again_;
  std::size_t bins_ = 0;  ///< of all blocks
  std::string machine_;
  std::vector<BlockMap> blocks_;
  std::vector<RoundTally> rounds_;
  std::uint64_t rounds_joined_ = 1;  ///< in one tally
  event::Rounds round_count_;
  event::Channels channels_;
  bool measured_ = false;  ///< blocks in pages
};

}  // namespace qember::vm
