// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where in a stream each page of a guest's memory is: the last copy of it, and what a delta changes.
#pragma once

#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::vm {

struct PageRecord;

/// What the stream has of a page.
struct StoredPage {
  enum class Kind : std::uint8_t {
    unsent,  ///< nothing, or what postcopy discarded
    zero,    ///< a page that `fill` fills
    full,
    xbzrle,      ///< a delta, of what `PageIndex::base_of` tells
    compressed,  ///< a zlib stream
  };
  Kind kind = Kind::unsent;
  std::uint8_t fill = 0;
  bool is_kept = false;  ///< the index keeps the bytes, since the stream does not have them in one piece
  std::uint64_t position = 0;  ///< of the bytes, in `OpenedStream::bytes` or among those that are kept
  std::uint32_t size = 0;      ///< of the bytes
  std::uint64_t base = 0;      ///< of a delta: a number for the index
};

/// Takes a bit a page where the stream is in order, at most 1 MiB for each GiB of memory, and 8 bytes where
/// it is not, of which 16 MiB are in memory and the rest in a file without a name. What a delta or a zlib
/// stream does to its page is seen when that is read.
class PageIndex final : public event::Handler<PageIndex> {
 public:
  /// The stream is from a source that is seekable, and outlives the reading.
  PageIndex(const OpenedStream& stream, const Limits& limits);
  ~PageIndex() override;

  using Sink::take;
  // `take` refuses a delta of a page that has no content, a discard that leaves its block, and more than
  // `Limits::max_page_states`.
  Status take(std::span<const event::RamPage> pages) override;
  bool takes_batches() const noexcept override { return true; }
  /// Is called after the last event: lets go of the stream.
  void finish();

  /// `page`: its number in the block, which is in the list. `Errc::io` where the index can't be read back.
  Result<StoredPage> find(std::uint32_t block, std::uint64_t page) const;
  Result<StoredPage> base_of(const StoredPage& delta) const;
  /// Fills `to` with bytes that are kept, from that position on.
  Status read_kept(std::uint64_t position, MutableBytes to) const;
  /// The first page from `page` on that is not known to be zeros; nothing where there is none.
  Result<std::optional<std::uint64_t>> next_data(std::uint32_t block, std::uint64_t page) const;
  /// Pages of the block of which something is known.
  Result<std::uint64_t> count(std::uint32_t block) const;
  /// Whether pages of that block came.
  bool has_pages(std::uint32_t block) const;
  /// Whether pages went over other connections (multifd).
  bool sent_elsewhere() const;
  /// The size of every page in bytes.
  std::uint64_t page_size() const;
  /// The memory that the index takes, about.
  std::size_t bytes() const;

 private:
  friend class event::Handler<PageIndex>;
  struct State;

  Status on(const event::RamBlocks& list);
  void on(const event::RamControl& control);
  void on(const event::SectionBegin& section);
  Status on(const event::RamPage& page) { return take(std::span(&page, 1)); }
  Status on(const event::Command& command);
  void on(
      const event::AnyOf<event::StreamBegin, event::Configuration, event::MappedBitmap, event::MappedStale,
                         event::Body, event::SectionEnd, event::Eof, event::DescriptionText,
                         event::TrailingData, event::StreamEnd, event::SchemaValue> auto&) {}
  Status add(const event::RamPage& page);
  Status add_record(const event::RamPage& page);
  Status count_deltas(PageRecord& delta);
  Status check() const;
  Status check_readable() const;

  std::unique_ptr<State> state_;
};

}  // namespace qember::vm
