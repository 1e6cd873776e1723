// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device trees in a guest's memory, where QEMU or firmware left them.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

#include <map>
#include <optional>
#include <vector>

namespace qember::vm {

/// What begins as a flattened device tree.
struct RamTree {
  std::uint32_t block = 0;   ///< its index
  std::uint64_t offset = 0;  ///< in the block
  Bytes bytes{};             ///< all of it that counts
};

/// Trees are looked for at multiples of this offset in a block, in bytes: QEMU puts them there.
inline constexpr std::uint64_t tree_alignment = std::uint64_t{1} << 20U;
/// How many are kept, and how many bytes of all. With more than these no tree tells anything.
inline constexpr std::size_t most_trees = 32, most_tree_bytes = std::size_t{4} << 20U;
/// How many may begin while a stream goes by, those that were sent over another included.
inline constexpr std::size_t most_begun = 256;
/// The size of the header of a tree.
inline constexpr std::size_t tree_header_size = 40;

/// How many bytes of a tree count, by its header: up to the end of its structure and of its strings. Nothing
/// where that is no header of a tree, and for a tree of more than 1 MiB, which is the most
/// that QEMU makes.
std::optional<std::size_t> tree_extent(ByteView header);

/// Gathers trees as the pages of a stream go by, in bounded memory.
class RamTrees {
 public:
  /// Takes note of a page of `page_size` bytes. What a page held before it was sent again does not count.
  void note(const event::RamPage& page, std::uint64_t page_size);

  /// Those of which each page came, in the order of blocks and offsets. `Errc::unsupported` where there are
  /// or were too many, and where a delta or a compressed page may have held a part of one.
  Result<std::vector<RamTree>> trees() const;

 private:
  using Place = std::pair<std::uint32_t, std::uint64_t>;  ///< index of the block, and the offset in it
  struct Gathered {
    Bytes bytes;
    std::vector<bool> has;  ///< by page
  };

  void begin(const event::RamPage& page, std::uint64_t page_size);
  void fill(const event::RamPage& page, std::uint64_t page_size);
  void drop(std::map<Place, Gathered>::iterator tree);

  std::map<Place, Gathered> gathered_;
  std::size_t bytes_ = 0;  ///< of all of them
  std::size_t begun_ = 0;
  bool are_lost_ = false;
};

}  // namespace qember::vm
