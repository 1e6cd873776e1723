// SPDX-License-Identifier: LGPL-2.1-or-later
/// A page map at the resolution of a picture: a block's pages as rows of cells, and its rounds as few rows.
#pragma once

#include <qember/advanced/vm/page_map.hpp>

namespace qember::vm {

struct Grid {
  std::uint64_t columns = 1;
  std::uint64_t rows = 1;
  std::uint64_t cell_pages = 1;
  std::uint64_t cells = 0;                  ///< in use; the last row may have less than `columns`
  std::map<std::uint64_t, PageBin> filled;  ///< cells of which something was sent, by number

  std::uint64_t row_pages() const { return columns * cell_pages; }
};

/// Cells of as few pages as `max_columns` (a power of two) and `max_rows` allow.
Grid make_grid(const BlockMap& block, std::uint64_t max_columns, std::uint64_t max_rows);

/// Cells of that many pages, a power of two that is a multiple of the block's bins, for pictures on one
/// scale.
Grid make_grid_of(const BlockMap& block, std::uint64_t max_columns, std::uint64_t cell_pages);

/// Pages that a cell covers: fewer in the last one.
std::uint64_t pages_of(const Grid& grid, const BlockMap& block, std::uint64_t cell);

/// How often a page of a cell was sent again, on average and rounded up: level 0 is never, then once, 2 to 3,
/// 4 to 7, 8 to 15, 16 to 31, and more.
constexpr std::size_t heat_levels = 7;
std::size_t heat_of(const PageBin& bin);

/// All of a block, and all rounds together.
PageBin sum_of(const BlockMap& block);
RoundTally sum_of(std::span<const RoundTally> rounds);

/// What pictures of a map have in common: all blocks have one scale, and a block of more memory is never
/// smaller.
struct Scale {
  /// `most_columns`, a power of two, is of each of two panels; of a single one, twice that.
  Scale(const PageMap& map, std::uint64_t most_columns, std::uint64_t most_rows);

  /// Whether it would take less than half a row of cells.
  bool is_small(const BlockMap& block) const { return block.pages <= columns / 2 * cell_pages; }
  Grid grid_of(const BlockMap& block) const { return make_grid_of(block, columns, cell_pages); }

  RoundTally all;
  bool has_again;            ///< something was sent again, which takes a panel of its own
  std::uint64_t rounds = 0;  ///< how many
  std::uint64_t length = 0;  ///< of all blocks
  std::uint64_t columns = 1;
  std::uint64_t cell_pages = 1;
  std::vector<const BlockMap*> large, small;  ///< the blocks, in their order; valid as long as the map
};

/// At most `rows` tallies: neighbours become one.
std::vector<RoundTally> join_rounds(std::span<const RoundTally> rounds, std::size_t rows);

}  // namespace qember::vm
