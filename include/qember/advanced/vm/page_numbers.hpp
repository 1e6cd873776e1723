// SPDX-License-Identifier: LGPL-2.1-or-later
/// A number of each page of a RAM block, such as a digest, in bounded memory: most of them go into a file
/// without a name, in TMPDIR or /var/tmp.
#pragma once

#include <qember/advanced/io/temporary_file.hpp>

#include <qember/advanced/core/bytes.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace qember::vm {

/// Arrays of numbers: the first 1024 in memory, the others in the file.
class NumberSpool {
 public:
  static constexpr std::uint64_t chunk_pages = 512;
  using Chunk = std::array<std::uint64_t, chunk_pages>;

  /// The slot of another array, of zeros.
  std::uint64_t add() { return count_++; }
  /// The array in that slot until the next call, to be read, or to be changed too. Where the file fails, any
  /// array.
  const Chunk& read(std::uint64_t slot) { return load(slot); }
  Chunk& change(std::uint64_t slot);
  /// What went wrong first.
  const Status& status() const noexcept { return status_; }

 private:
  static constexpr std::uint64_t most_in_memory = 1024;

  Chunk& load(std::uint64_t slot);

  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  io::TemporaryFile file_;
  std::uint64_t written_ = most_in_memory;  ///< slots below this are in memory or in the file
  std::optional<std::uint64_t> current_;    ///< of the file, in `buffer_`
  bool changed_ = false;
  Chunk buffer_{};
  Status status_;
};

/// The numbers of a block's pages, 0 where none was set.
class PageNumbers {
 public:
  using Chunk = NumberSpool::Chunk;
  static constexpr std::uint64_t chunk_pages = NumberSpool::chunk_pages;

  void set(NumberSpool& spool, std::uint64_t page, std::uint64_t number);
  std::uint64_t get(NumberSpool& spool, std::uint64_t page) const;
  /// Sets those of [first, end) that were set to something else; takes time for them alone.
  void replace(NumberSpool& spool, std::uint64_t first, std::uint64_t end, std::uint64_t number);
  /// The first chunk from that one on in which something was set.
  std::optional<std::uint64_t> next_chunk(std::uint64_t chunk) const;
  /// A copy; zeros where nothing was set.
  Chunk chunk(NumberSpool& spool, std::uint64_t chunk) const;
  /// Memory that is taken, about: nothing for chunks in order.
  std::size_t bytes() const { return extents_.size() * sizeof_extent; }

 private:
  /// Chunks in order, whose slots are too.
  struct Extent {
    std::uint64_t count;
    std::uint64_t slot;
  };
  static constexpr std::size_t sizeof_extent = 64;  // a node of the map

  std::optional<std::uint64_t> slot_of(std::uint64_t chunk) const;
  std::uint64_t slot_for(NumberSpool& spool, std::uint64_t chunk);

  std::map<std::uint64_t, Extent> extents_;  ///< by the first chunk
};

}  // namespace qember::vm
