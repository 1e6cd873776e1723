// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where the pages of a RAM block are in a stream, as numbers. Pages whose records follow one another take a
/// bit each; where they do not, 8 bytes, most of them in a file.
#pragma once

#include <qember/advanced/vm/page_numbers.hpp>

#include <map>
#include <optional>
#include <vector>

namespace qember::vm {

/// What is known of a page, in 64 bits.
class PageNumber {
 public:
  enum class Kind : std::uint8_t {
    none,    ///< nothing
    zero,    ///< it is filled with a byte: the value
    full,    ///< its data begins at that position in the stream
    record,  ///< a record in the index has more
  };
  /// Values are less than this.
  static constexpr std::uint64_t most = std::uint64_t{1} << 62U;

  constexpr PageNumber() = default;
  constexpr PageNumber(Kind kind, std::uint64_t value)
      : bits_(static_cast<std::uint64_t>(kind) << 62U | value) {}
  static constexpr PageNumber of_bits(std::uint64_t bits) {
    return {static_cast<Kind>(bits >> 62U), bits & (most - 1)};
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr Kind kind() const { return static_cast<Kind>(bits_ >> 62U); }
  constexpr std::uint64_t value() const { return bits_ & (most - 1); }

 private:
  std::uint64_t bits_ = 0;
};

/// The arrays of all blocks, of which those given back are used again.
class NumberArrays {
 public:
  std::uint64_t add();
  void give_back(std::uint64_t slot) { free_.push_back(slot); }
  const NumberSpool::Chunk& read(std::uint64_t slot) { return spool_.read(slot); }
  NumberSpool::Chunk& change(std::uint64_t slot) { return spool_.change(slot); }
  const Status& status() const noexcept { return spool_.status(); }

 private:
  NumberSpool spool_;
  std::vector<std::uint64_t> free_;
};

class StoredPages {
 public:
  /// `arrays` outlives this. `page_size` in bytes.
  StoredPages(NumberArrays& arrays, std::uint64_t page_size) : arrays_(&arrays), page_size_(page_size) {}

  /// A page of zeros.
  void add_zero(std::uint64_t page);
  /// A full page, whose data begins at that position, less than `PageNumber::most`.
  void add_full(std::uint64_t page, std::uint64_t position);
  /// Any other.
  void set(std::uint64_t page, PageNumber number);
  PageNumber get(std::uint64_t page) const;
  /// The first page from `page` on of which anything but that it is zeros is known.
  std::optional<std::uint64_t> next_data(std::uint64_t page) const;
  /// Pages of which something is known.
  std::uint64_t count() const;
  /// Forgets what is known of the pages of [first, end). Takes time for those alone of which something is.
  void forget(std::uint64_t first, std::uint64_t end);
  bool empty() const noexcept { return chunks_.empty(); }
  /// Memory that is taken, about.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::uint64_t chunk_pages = NumberSpool::chunk_pages;
  static constexpr std::uint64_t word_bits = 64;
  static constexpr std::uint16_t none = 0xffff;
  static constexpr std::uint64_t no_slot = ~std::uint64_t{0};
  /// More take as much as an array.
  static constexpr std::size_t most_runs = 200;

  /// Bytes of the record of a page of zeros, and of that of a full one without its data.
  struct RecordSizes {
    std::uint8_t zero;
    std::uint8_t full;
  };
  /// Pages [begin, end) of a chunk, zeros and full ones, whose records follow one another.
  struct Run {
    std::uint64_t position = 0;  ///< of the data of the first full page
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
    std::uint16_t first_full = none;
    RecordSizes sizes{};
  };
  /// Runs in order, or an array.
  struct Chunk {
    std::array<std::uint64_t, chunk_pages / word_bits> zeros{};  ///< a bit for each page of a run
    std::vector<Run> runs;
    std::uint64_t slot = no_slot;
  };
  static constexpr std::size_t sizeof_chunk = sizeof(Chunk) + 40;  // a node of the map
  using Chunks = std::map<std::uint64_t, Chunk>;

  /// What the last run goes on with.
  struct Next {
    std::uint64_t last = 0;      ///< position of the last full page
    std::uint64_t position = 0;  ///< of the next page, where it is full
    std::uint32_t full = 0;      ///< full pages
    std::uint32_t inner = 0;     ///< pages of zeros between these
    std::uint32_t tail = 0;      ///< and behind the last
  };

  Chunk& chunk_of(std::uint64_t page);
  bool goes_on(Chunk& chunk, std::uint16_t inside);
  bool learn(Run& run, std::uint64_t position);
  Run& begin_run(Chunk& chunk, std::uint16_t inside);
  PageNumber find(const Chunk& chunk, std::uint64_t inside) const;
  void spread(Chunk& chunk);
  Chunks::iterator erase(Chunks::iterator chunk);

  NumberArrays* arrays_;
  std::uint64_t page_size_;
  Chunks chunks_;
  Chunk* last_ = nullptr;  ///< pages come in order, mostly
  std::uint64_t last_index_ = 0;
  Next next_;
  RecordSizes sizes_{9, 8};  ///< those of the native form, until others are seen
  std::size_t bytes_ = 0;
};

}  // namespace qember::vm
