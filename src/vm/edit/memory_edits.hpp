// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of memory: pages that are sent with other bytes in them.
#pragma once

#include <qember/advanced/event/context.hpp>
#include <qember/advanced/vm/edit.hpp>

#include <deque>
#include <map>

namespace qember::vm {

/// Every record of a page that is edited becomes the whole page, as it is after that record and with the
/// edit, so that records behind it need no other. What such pages hold is kept, `Limits::max_held` bytes.
class MemoryEdits {
 public:
  MemoryEdits(std::span<const Edit> edits, const Limits& limits);

  bool empty() const noexcept { return edits_.empty(); }
  /// The blocks, as they were.
  Status begin(std::span<const event::RamBlock> blocks);
  /// Changes the page where it is one of these: its data is valid until `forget`.
  Status apply(const event::Context& context, event::RamPage& page);
  void forget() noexcept { given_.clear(); }
  /// `Errc::usage` for memory of which no page came.
  Status missed() const;

 private:
  /// Bytes of one block that an edit sets.
  struct Range {
    const SetMemory* edit;
    std::uint32_t block = 0;
    std::uint64_t begin = 0;

    std::uint64_t end() const noexcept { return begin + edit->bytes.size(); }
  };
  using Place = std::pair<std::uint32_t, std::uint64_t>;  ///< the block, and the page's address in it

  void cover(const Range& range);
  bool meets(const event::RamPage& page, std::uint64_t size) const;
  Status read(const event::RamPage& page, std::uint64_t size, Bytes& content);

  Limits limits_;
  std::vector<const SetMemory*> edits_;
  std::vector<Range> ranges_;             ///< in the order of the edits
  std::map<Place, std::uint64_t> spans_;  ///< what they cover: the end of each piece by its begin
  std::map<Place, Bytes> pages_;          ///< as the stream has them
  std::size_t held_ = 0;                  ///< bytes of these
  std::uint64_t page_size_ = 0;           ///< of those that came
  std::deque<Bytes> given_;
};

}  // namespace qember::vm
