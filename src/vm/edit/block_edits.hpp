// SPDX-License-Identifier: LGPL-2.1-or-later
/// The edits of RAM blocks, and what they make of the pages.
#pragma once

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/session.hpp>
#include <qember/advanced/vm/edit.hpp>

namespace qember::vm {

class BlockEdits {
 public:
  explicit BlockEdits(std::span<const Edit> edits);

  bool empty() const noexcept { return changes_.empty(); }
  /// The blocks that the stream has now. `Errc::unsupported` for those of a mapped-ram file, and
  /// `Errc::usage` for a new length that is no multiple of the page size.
  Result<std::vector<event::RamBlock>> apply(std::span<const event::RamBlock> blocks,
                                             std::uint64_t page_size);
  /// Changes the page, of `size` bytes, to one of the new list; false where it has no place in that.
  /// `Errc::usage` where the new end of its block is inside the page.
  Result<bool> apply(event::RamPage& page, std::uint64_t size);
  /// A POSTCOPY_RAM_DISCARD, whose block is named in it; nothing where that was dropped. `session` is that of
  /// the stream as it was.
  Result<std::optional<Bytes>> apply_discard(const event::Session& session, ByteView payload) const;
  Status missed() const;

 private:
  struct Change {
    const Edit* edit;
    Closest closest;
    bool is_done = false;
  };
  /// What became of a block.
  struct Fate {
    std::optional<std::uint32_t> index;  ///< in the new list
    std::string name;
    std::uint64_t length = 0;
  };

  bool change(event::RamBlock& block);

  std::vector<Change> changes_;
  std::vector<Fate> fates_;
  std::optional<std::uint32_t> last_;  ///< the block of the last page that was given on
};

}  // namespace qember::vm
