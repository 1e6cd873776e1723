// SPDX-License-Identifier: LGPL-2.1-or-later
/// A block's pages as rows of cells, and the colours of cells: what the pictures of `map` share.
#pragma once

#include <qember/advanced/vm/page_map.hpp>

namespace qember::cli {

struct Grid {
  std::uint64_t columns = 1;
  std::uint64_t rows = 1;
  std::uint64_t cell_pages = 1;
  std::uint64_t cells = 0;                      ///< in use; the last row may have less than `columns`
  std::map<std::uint64_t, vm::PageBin> filled;  ///< cells of which something was sent, by number

  std::uint64_t row_pages() const { return columns * cell_pages; }
};

/// Cells of as few pages as `max_columns` (a power of two) and `max_rows` allow.
Grid make_grid(const vm::BlockMap& block, std::uint64_t max_columns, std::uint64_t max_rows);

/// Pages that a cell covers: fewer in the last one.
std::uint64_t pages_of(const Grid& grid, const vm::BlockMap& block, std::uint64_t cell);

/// How often a page of a cell was sent again, on average and rounded up: level 0 is never, then once, 2 to 3,
/// 4 to 7, 8 to 15, 16 to 31, and more.
constexpr std::size_t heat_levels = 7;
std::size_t heat_of(const vm::PageBin& bin);

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct Palette {
  Colour unsent, zero, full, delta;
  std::array<Colour, heat_levels> heat;
};

/// For a dark ground, and for a light one. Colours differ in lightness too, for those who tell few hues
/// apart.
extern const Palette dark_palette;
extern const Palette light_palette;

/// A cell's forms as one colour, in few steps; what is rare in it stands out more than its share.
Colour colour_of(const Palette& palette, const vm::PageBin& bin, std::uint64_t pages);

/// `10.5 MiB`, without a fraction where there is none.
std::string short_size(std::uint64_t bytes);
/// `3 full, 5 zero`: of what there is.
std::string forms_text(const vm::PageBin& all, std::uint64_t pages);
/// `round 3` or `rounds 3-4`.
std::string round_text(const vm::RoundTally& round);

/// At most `rows` tallies: neighbours become one.
std::vector<vm::RoundTally> join_rounds(std::span<const vm::RoundTally> rounds, std::size_t rows);

}  // namespace qember::cli
