// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a guest's memory holds at the end of its stream. A live stream sends pages more than once: the last
/// copy counts, a page of zeroes is a copy like any other, a delta changes what came before it, and what
/// postcopy discards is gone until it comes again.
#pragma once

#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/sink.hpp>

namespace qember::vm {

/// Keeps the contents of blocks, which are zeroes at first. Addresses are byte offsets in the block; no call
/// leaves it.
class RamStore {
 public:
  virtual ~RamStore() = default;
  /// Whether that block's contents are to be kept; otherwise none of the below comes for it.
  virtual bool wants(std::uint32_t block) = 0;
  virtual Status write(std::uint32_t block, std::uint64_t addr, ByteView data) = 0;
  virtual Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) = 0;
  /// Makes it zeroes, at no cost in space where it can.
  virtual Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) = 0;
};

enum class PageContent : std::uint8_t {
  unsent,  ///< the stream does not say what it holds; that is not zero
  zero,
  data,
  discarded,  ///< by postcopy, and not sent again
};

/// What was sent of a block.
struct BlockTally : event::PageTally {
  std::uint64_t resent = 0;  ///< records of pages that had been sent
  // Pages, by what they hold now; only of blocks that are kept.
  std::uint64_t zero_pages = 0, data_pages = 0, discarded_pages = 0;
};

/// Brings a `RamStore` up to date with each event.
class FinalRam final : public event::Handler<FinalRam> {
 public:
  /// `context`, of the events, and `store` outlive this.
  FinalRam(const event::Context& context, RamStore& store, const Limits& limits = {})
      : context_(context), store_(store), pages_(context, limits), discarded_(context, limits) {}

  // `take` refuses a second list of blocks, a page that is in none of them, a delta of a page that has no
  // content, a compressed page that is not exactly a page, a discard that leaves its block, and more than
  // `Limits::max_page_states`. It passes on the errors of the store.

  /// One a block, in the order of the list; empty before that came.
  std::span<const BlockTally> tallies() const noexcept { return tallies_; }
  /// Whether pages went over other connections (multifd).
  bool sent_elsewhere() const { return channels_.sent_elsewhere(context_.session()); }

 private:
  friend class event::Handler<FinalRam>;

  Status on(const event::RamBlocks& list);
  void on(const event::RamControl& control) { channels_.note(control); }
  void on(const event::SectionBegin& section) { channels_.note(section); }
  void on(
      const event::AnyOf<event::StreamBegin, event::Configuration, event::MappedBitmap, event::MappedStale,
                         event::Body, event::SectionEnd, event::Eof, event::DescriptionText,
                         event::TrailingData, event::StreamEnd, event::SchemaValue> auto&) {}
  Status on(const event::RamPage& page);
  Status on(const event::Command& command);
  Status discard(std::uint32_t index, std::uint64_t begin, std::uint64_t stop);
  Status write(const event::RamPage& page, ByteView data);
  Status clear(const event::RamPage& page);
  Status apply_delta(const event::RamPage& page);
  Status inflate(const event::RamPage& page);
  PageContent settle(const event::RamPage& page, PageContent content);
  Status check_memory() const { return pages_.check_memory(discarded_.bytes()); }
  std::uint64_t page_size() const { return pages_.page_size(); }
  Error refuse(Errc code, std::string expected, std::string found) const;
  /// An error of a rule, where the stream is.
  Error place(Error error) const;

  const event::Context& context_;
  RamStore& store_;
  event::PageLedger<PageContent> pages_;      ///< as zero or data
  event::PageLedger<PageContent> discarded_;  ///< and not sent again
  std::vector<bool> wanted_;                  ///< by block
  std::vector<BlockTally> tallies_;
  Bytes scratch_;
  event::Channels channels_;
};

}  // namespace qember::vm
