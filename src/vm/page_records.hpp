// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a number has no room for: deltas, compressed pages, and pages that the index keeps.
#pragma once

#include "page_index.hpp"
#include "stored_pages.hpp"

namespace qember::vm {

struct PageRecord {
  StoredPage page;
  PageNumber base{};         ///< of a delta
  std::uint32_t deltas = 0;  ///< that are to be applied to what is no delta, this one included
};

class PageRecords {
 public:
  PageNumber add(const PageRecord& record);
  PageRecord get(PageNumber number);
  /// Appends to the bytes that are kept; where they begin.
  Result<std::uint64_t> keep(ByteView bytes);
  Status read_kept(std::uint64_t position, MutableBytes to) const { return kept_.read(position, to); }
  const Status& status() const noexcept { return spool_.status(); }

 private:
  static constexpr std::uint64_t words = 4;
  static constexpr std::uint64_t in_chunk = NumberSpool::chunk_pages / words;

  NumberSpool spool_;
  std::uint64_t count_ = 0;
  io::TemporaryFile kept_;
  std::uint64_t kept_size_ = 0;
};

}  // namespace qember::vm
