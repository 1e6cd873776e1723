// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which pages two guests hold, by digests: 8 bytes a page, so that no memory needs to be held.
///
/// A delta needs the page that it changes. Of a file, a first pass finds the pages that get deltas; where
/// there are any, a second one keeps the contents of those alone. A pipe can't be read twice, so that the
/// contents of all pages are kept. They are kept in a file without a name, in TMPDIR or /var/tmp.
#pragma once

#include "files.hpp"

#include <qember/native/final_ram.hpp>

#include <array>
#include <map>

namespace qember::cli {

/// A value of each page, 0 where none was set. Takes memory by runs of 64 pages.
template <class T>
class SparsePages {
 public:
  static constexpr std::uint64_t chunk_pages = 64;
  using Chunk = std::array<T, chunk_pages>;

  T& operator[](std::uint64_t page) {
    if (last_ == nullptr || last_index_ != page / chunk_pages) {
      last_index_ = page / chunk_pages;
      last_ = &chunks_[last_index_];
    }
    return (*last_)[page % chunk_pages];
  }
  T get(std::uint64_t page) const {
    const auto found = chunks_.find(page / chunk_pages);
    return found == chunks_.end() ? T{} : found->second[page % chunk_pages];
  }
  /// The chunks by number.
  const std::map<std::uint64_t, Chunk>& chunks() const noexcept { return chunks_; }

 private:
  std::map<std::uint64_t, Chunk> chunks_;
  Chunk* last_ = nullptr;  ///< pages come in order, mostly
  std::uint64_t last_index_ = 0;
};

/// Pages in a file without a name, in the order in which they were first written.
class PageSpool {
 public:
  Status read(std::uint32_t slot, MutableBytes page);
  Status write(std::uint32_t slot, ByteView page, std::uint64_t page_size);

 private:
  Status open();

  Descriptor file_;
  std::uint64_t page_size_ = 0;
};

using PageDigests = SparsePages<std::uint64_t>;

/// Brings the digests of a guest's pages up to date with each event.
class DigestedRam final : private native::RamStore {
 public:
  enum class Keep : std::uint8_t { none, all };

  /// `keep`: the contents of pages that may get deltas. `seed` is that of the guest to compare with.
  DigestedRam(Keep keep, std::uint64_t seed) : keep_(keep), seed_(seed) {}

  /// Begins to read a stream, for the first time or once more. `source` outlives what follows.
  void begin(const native::Source& source);
  Status note(const native::Event& event);
  /// Pages got deltas, and their digests are wrong until the stream was read once more.
  bool needs_second_pass() const noexcept { return pass_ == 1 && slots_used_ != 0 && keep_ == Keep::none; }
  bool sent_elsewhere() const { return final_ && final_->sent_elsewhere(); }

  /// One a block; `absent` for what the stream does not say, `zero` for zeroes.
  std::span<const PageDigests> blocks() const noexcept { return blocks_; }
  static constexpr std::uint64_t absent = 0;
  static constexpr std::uint64_t zero = 1;

 private:
  bool wants(std::uint32_t) override { return true; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  void note_absent_as_zero(const native::MappedBitmap& bitmap);
  std::uint64_t page_size() const { return source_->session().page_size_or_default(); }

  Keep keep_;
  std::uint64_t seed_;
  int pass_ = 0;
  const native::Source* source_ = nullptr;
  std::optional<native::FinalRam> final_;
  std::vector<PageDigests> blocks_;
  std::vector<SparsePages<std::uint32_t>> slots_;  ///< in the spool, from 1
  std::vector<std::uint64_t> bitmap_octets_;       ///< that came
  std::uint32_t slots_used_ = 0;
  PageSpool spool_;
  bool discarding_ = false;
};

enum class PageChange : std::uint8_t { changed, zero_to_data, data_to_zero, only_in_a, only_in_b };

/// Neighbours that changed alike.
struct ChangedRange {
  PageChange change = PageChange::changed;
  std::uint64_t first = 0;  ///< page
  std::uint64_t count = 0;
};

/// In order of address.
std::vector<ChangedRange> compare_pages(const PageDigests& a, const PageDigests& b);

}  // namespace qember::cli
