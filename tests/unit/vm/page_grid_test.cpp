// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/page_grid.hpp>

#include <catch2/catch.hpp>

using namespace qember::vm;

namespace {

BlockMap block_of(std::uint64_t pages, std::uint64_t bin_pages) {
  BlockMap block;
  block.length = pages * 4096;
  block.pages = pages;
  block.bin_pages = bin_pages;
  return block;
}

}  // namespace

TEST_CASE("cells are as small as columns and rows allow, and no smaller than bins") {
  const Grid small = make_grid(block_of(5, 1), 8, 16);
  CHECK(small.cell_pages == 1);
  CHECK(small.cells == 5);
  CHECK(small.columns == 8);
  CHECK(small.rows == 1);
  const Grid large = make_grid(block_of(1000, 2), 8, 16);
  CHECK(large.cell_pages == 8);  // 128 cells at the most
  CHECK(large.cells == 125);
  CHECK(large.columns == 8);
  CHECK(large.rows == 16);
  CHECK(large.row_pages() == 64);
  CHECK(make_grid(block_of(64, 32), 8, 16).cell_pages == 32);
  CHECK(make_grid(block_of(0, 1), 8, 16).rows == 0);
}

TEST_CASE("a cell has the pages of its bins, the last one what is left") {
  BlockMap block = block_of(1000, 2);
  block.bins[0] = {1, 1, 0, 3};
  block.bins[3] = {0, 0, 2, 1};
  block.bins[499] = {2, 0, 0, 0};
  const Grid grid = make_grid(block, 8, 8);
  CHECK(grid.cell_pages == 16);
  REQUIRE(grid.filled.size() == 2);
  CHECK(grid.filled.at(0).sent() == 4);
  CHECK(grid.filled.at(0).resent == 4);
  CHECK(grid.filled.at(62).zero == 2);
  CHECK(pages_of(grid, block, 0) == 16);
  CHECK(pages_of(grid, block, 62) == 8);
  CHECK(sum_of(block).sent() == 6);
}

TEST_CASE("heat goes by powers of two of how often a page came again") {
  const auto heat = [](std::uint64_t sent, std::uint64_t resent) { return heat_of({0, sent, 0, resent}); };
  CHECK(heat(0, 0) == 0);
  CHECK(heat(4, 0) == 0);
  CHECK(heat(4, 1) == 1);
  CHECK(heat(4, 4) == 1);
  CHECK(heat(4, 5) == 2);
  CHECK(heat(1, 4) == 3);
  CHECK(heat(1, 31) == 5);
  CHECK(heat(1, 1'000'000) == heat_levels - 1);
}

TEST_CASE("rounds are joined with their neighbours") {
  std::vector<RoundTally> rounds;
  for (std::uint64_t i = 1; i <= 5; ++i) rounds.push_back({i, i, 1, i, 0, 2, 10});
  const auto joined = join_rounds(rounds, 2);
  REQUIRE(joined.size() == 2);
  CHECK(joined[0].first == 1);
  CHECK(joined[0].last == 3);
  CHECK(joined[0].full == 6);
  CHECK(joined[1].first == 4);
  CHECK(joined[1].last == 5);
  CHECK(joined[1].bytes == 20);
  const RoundTally all = sum_of(rounds);
  CHECK(all.records() == 20);
  CHECK(all.resent == 10);
  CHECK(join_rounds({}, 3).empty());
}
