// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/page_grid.hpp>

#include <algorithm>
#include <bit>

namespace qember::vm {
namespace {

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

}  // namespace

Grid make_grid(const BlockMap& block, std::uint64_t max_columns, std::uint64_t max_rows) {
  return make_grid_of(
      block, max_columns,
      std::max(block.bin_pages, std::bit_ceil(divide_up(block.pages, max_columns * max_rows))));
}

Grid make_grid_of(const BlockMap& block, std::uint64_t max_columns, std::uint64_t cell_pages) {
  Grid grid;
  grid.cell_pages = cell_pages;
  grid.cells = divide_up(block.pages, grid.cell_pages);
  grid.columns = std::min(max_columns, std::bit_ceil(std::max<std::uint64_t>(grid.cells, 1)));
  grid.rows = divide_up(grid.cells, grid.columns);
  for (const auto& [number, bin] : block.bins) grid.filled[number * block.bin_pages / grid.cell_pages] += bin;
  return grid;
}

std::uint64_t pages_of(const Grid& grid, const BlockMap& block, std::uint64_t cell) {
  return std::min(grid.cell_pages, block.pages - cell * grid.cell_pages);
}

std::size_t heat_of(const PageBin& bin) {
  if (bin.sent() == 0) return 0;
  return std::min<std::size_t>(std::bit_width(divide_up(bin.resent, bin.sent())), heat_levels - 1);
}

PageBin sum_of(const BlockMap& block) {
  PageBin all;
  for (const auto& [number, bin] : block.bins) all += bin;
  return all;
}

RoundTally sum_of(std::span<const RoundTally> rounds) {
  RoundTally all;
  for (const RoundTally& round : rounds) all += round;
  return all;
}

Scale::Scale(const PageMap& map, std::uint64_t most_columns, std::uint64_t most_rows)
    : all(sum_of(map.rounds())), has_again(all.resent != 0) {
  if (!map.rounds().empty()) rounds = map.rounds().back().last;
  if (!has_again) most_columns *= 2;
  const auto largest = std::ranges::max_element(map.blocks(), {}, &BlockMap::pages);
  if (largest == map.blocks().end()) return;
  cell_pages = make_grid(*largest, most_columns, most_rows).cell_pages;
  for (const BlockMap& block : map.blocks()) {
    cell_pages = std::max(cell_pages, block.bin_pages);
    length += block.length;
  }
  columns = make_grid_of(*largest, most_columns, cell_pages).columns;
  for (const BlockMap& block : map.blocks()) (is_small(block) ? small : large).push_back(&block);
}

std::vector<RoundTally> join_rounds(std::span<const RoundTally> rounds, std::size_t rows) {
  const std::size_t each = divide_up(rounds.size(), rows);
  std::vector<RoundTally> joined;
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    if (i % each == 0) {
      joined.push_back(rounds[i]);
    } else {
      joined.back() += rounds[i];
    }
  }
  return joined;
}

}  // namespace qember::vm
