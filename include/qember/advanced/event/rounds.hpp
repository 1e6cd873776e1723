// SPDX-License-Identifier: LGPL-2.1-or-later
/// Rounds of a migration, as the pages of its stream tell them.
///
/// QEMU walks over the dirty pages of the blocks, in the order of the list of blocks, and begins again at the
/// first block when it has passed the last one: a round is one such walk, in which no page is sent twice. The
/// stream does not mark where a round begins.
#pragma once

#include <qember/advanced/event/event.hpp>

#include <array>
#include <map>

namespace qember::event {

/// Counts rounds. A new one begins with a page that had been sent and is not behind all pages of its round.
/// Compressed pages come out of order, and so do those that a guest asks for in postcopy: from then on a new
/// one begins with a page that its round has sent already. The pages of postcopy are a round of their own.
class Rounds {
 public:
  void note(const Command& command);
  /// Whether `page` begins a round. `number`: its address in pages.
  bool begins(const RamPage& page, std::uint64_t number);

  std::uint64_t count() const noexcept { return count_; }
  /// Whether all pages could be remembered. In 16 MiB that is RAM of 300 GiB, if it is in one piece; of other
  /// pages the order alone counts.
  bool exact() const noexcept { return exact_; }

 private:
  static constexpr std::uint64_t chunk_pages = 1024;
  static constexpr std::size_t most_chunks = 80'000;
  using Place = std::pair<std::uint32_t, std::uint64_t>;  ///< a block, and in it a page or a chunk
  struct Chunk {
    std::uint64_t round = 0;  ///< in which a page of it was last sent
    /// A bit for each page: that it was sent, in that round where pages are out of order.
    std::array<std::uint64_t, chunk_pages / 64> sent{};
  };

  Chunk* find(Place place);

  std::map<Place, Chunk> chunks_;
  Chunk* last_ = nullptr;  ///< pages come in order, mostly
  Place last_place_{};
  Place furthest_{};  ///< of the round
  std::uint64_t count_ = 0;
  bool in_order_ = true;
  bool switched_ = false;  ///< to postcopy, before its first page
  bool exact_ = true;
};

}  // namespace qember::event
