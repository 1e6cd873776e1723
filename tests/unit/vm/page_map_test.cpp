// SPDX-License-Identifier: LGPL-2.1-or-later
// The map of pages and the summary of a stream, through the library; they agree.
#include "support/events.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <qember/advanced/vm/census.hpp>
#include <qember/advanced/vm/page_grid.hpp>
#include <qember/advanced/vm/page_map.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;
using vm::BlockMap;
using vm::PageBin;
using vm::RoundTally;

namespace {

constexpr std::uint64_t page = 4096;

struct Surveyed {
  explicit Surveyed(const Bytes& stream) : opened(stream), map(opened.source()), census(opened.source()) {
    status = opened.each([this](const event::Event& event) {
      auto taken = map.take(event);
      return taken ? census.take(event) : taken;
    });
  }
  std::uint64_t rounds() const { return map.rounds().empty() ? 0 : map.rounds().back().last; }
  const vm::Summary& summary() const { return census.summary(); }

  Opened opened;
  vm::PageMap map;
  vm::Census census;
  Status status;
};

NativeBuilder head() {
  NativeBuilder to;
  return to.configuration("pc-q35-9.0", page);
}
Bytes ended(NativeBuilder& to) { return to.eos().footer(1).ended(1).eof().bytes(); }

/// A stream of these pages of one block; 1000 stands before those of the second one.
Bytes walk(const std::vector<std::uint64_t>& pages, bool compressed = false) {
  NativeBuilder to = head();
  to.ram(1, {"a", "b"}, 16 * page).part(1);
  for (const std::uint64_t number : pages) {
    const std::string_view block = number >= 1000 ? "b" : "a";
    const std::uint64_t addr = number % 1000 * page;
    if (compressed)
      to.compressed(block, addr, from_hex("789cedc1010d000000c2a0f74f6d0f0714000000f06e10000001"));
    else
      to.page(block, addr, 1);
  }
  return ended(to);
}

std::uint64_t rounds_of(const Bytes& stream) {
  const Surveyed surveyed(stream);
  REQUIRE(surveyed.status);
  CHECK(surveyed.summary().rounds == surveyed.rounds());
  CHECK(surveyed.summary().rounds_exact);
  return surveyed.rounds();
}

}  // namespace

TEST_CASE("a picture has one scale for all blocks, and half the columns where something was sent again") {
  NativeBuilder to = head();
  to.section(1, 1, "ram", 0, 4).u64(264 * page | 4).counted("a").u64(256 * page).counted("b").u64(8 * page);
  to.eos().footer(1).part(1).page("a", 0, 1).page("b", 0, 1);
  NativeBuilder again = to;
  const Surveyed once(ended(to));
  const vm::Scale scale(once.map, 8, 4);
  CHECK_FALSE(scale.has_again);
  CHECK(scale.rounds == 1);
  CHECK(scale.length == 264 * page);
  CHECK(scale.columns == 16);
  CHECK(scale.cell_pages == 4);  // 64 cells for the larger one
  CHECK_FALSE(scale.is_small(once.map.blocks()[0]));
  CHECK(scale.is_small(once.map.blocks()[1]));
  CHECK(scale.large == std::vector{&once.map.blocks()[0]});
  CHECK(scale.small == std::vector{&once.map.blocks()[1]});
  CHECK(scale.grid_of(once.map.blocks()[1]).cells == 2);
  again.page("a", 0, 1);
  const Surveyed twice(ended(again));
  const vm::Scale halved(twice.map, 8, 4);
  CHECK(halved.has_again);
  CHECK(halved.rounds == 2);
  CHECK(halved.all.resent == 1);
  CHECK(halved.columns == 8);
  CHECK(halved.cell_pages == 8);
}

TEST_CASE("a round begins where the walk comes back to pages that were sent") {
  CHECK(rounds_of(walk({})) == 0);
  CHECK(rounds_of(walk({0})) == 1);
  CHECK(rounds_of(walk({0, 1, 2, 1000, 1001})) == 1);
  CHECK(rounds_of(walk({0, 0})) == 2);
  CHECK(rounds_of(walk({0, 1, 2, 0})) == 2);
  CHECK(rounds_of(walk({0, 1, 2, 2})) == 2);
  CHECK(rounds_of(walk({0, 1, 1000, 1})) == 2);
  CHECK(rounds_of(walk({0, 1, 2, 1, 2, 0})) == 3);
  CHECK(rounds_of(walk({0, 1, 2, 0, 2, 1, 2})) == 3);
  // A page that was not sent before is new to the walk, wherever it is.
  CHECK(rounds_of(walk({5, 3, 4, 1000, 7})) == 1);
  // And is not where the next one begins.
  CHECK(rounds_of(walk({4, 5, 6, 1, 5, 6})) == 2);
}

TEST_CASE("rounds of compressed pages, which come out of order") {
  CHECK(rounds_of(walk({1, 0, 3, 2}, true)) == 1);
  CHECK(rounds_of(walk({1, 0, 3, 2, 2, 1, 3, 0}, true)) == 2);
  CHECK(rounds_of(walk({1, 0, 3, 2, 3, 0, 2, 1, 0, 1}, true)) == 3);
  // The first page of a later round, out of order too.
  NativeBuilder to = head();
  to.ram(1, {"a"}, 16 * page).part(1);
  const Bytes zlib = from_hex("789cedc1010d000000c2a0f74f6d0f0714000000f06e10000001");
  to.zero("a", 0).compressed({}, page, zlib).zero({}, 2 * page).zero({}, 2 * page).zero({}, page).zero({}, 0);
  CHECK(rounds_of(ended(to)) == 2);
}

TEST_CASE("postcopy is a round of its own, whose pages come as they are asked for") {
  NativeBuilder to = head();
  to.ram(1, {"a"}, 16 * page).part(1);
  to.page("a", 0, 1).page({}, page, 1).page({}, 2 * page, 1).page({}, 3 * page, 1).eos().footer(1);
  NativeBuilder run;  // POSTCOPY_RUN in a package
  const Bytes inside = from_hex("08 0005 0000");
  to.command(7, from_hex("00000005")).raw(inside);
  to.part(1).page("a", 5 * page, 2).page({}, 3 * page, 2).page({}, page, 2).page({}, 2 * page, 2);
  CHECK(rounds_of(ended(to)) == 2);
}

TEST_CASE("rounds of very many places are counted by their order, and said not to be exact") {
  NativeBuilder to = head();
  to.ram(1, {"a"}, std::uint64_t{1} << 50U).part(1).zero("a", 0);
  for (std::uint64_t i = 1; i <= 80'000; ++i) to.zero({}, i << 22U);
  for (std::uint64_t i = 1; i <= 80'000; ++i) to.zero({}, i << 22U);
  const Surveyed surveyed(ended(to));
  REQUIRE(surveyed.status);
  CHECK(surveyed.summary().rounds == 2);
  CHECK(surveyed.rounds() == 2);
  CHECK_FALSE(surveyed.summary().rounds_exact);
}

TEST_CASE("the map has what each page was last sent as, and each round's records") {
  NativeBuilder to = head();
  to.ram(1, {"a", "b"}, 8 * page).part(1);
  to.zero("a", 0).zero({}, page).page({}, 2 * page, 1).page({}, 3 * page, 2).page("b", 7 * page, 3);
  to.page("a", page, 3).xbzrle({}, 3 * page, from_hex("00 01 09"));
  to.compressed("b", 7 * page, from_hex("789cedc1010d000000c2a0f74f6d0f0714000000f06e10000001"));
  const Bytes native = ended(to);
  for (const Bytes& stream : {native, encode(native).out}) {
    const Surveyed surveyed(stream);
    REQUIRE(surveyed.status);
    CHECK(surveyed.map.machine() == "pc-q35-9.0");
    CHECK(surveyed.map.page_size() == page);
    REQUIRE(surveyed.map.blocks().size() == 2);
    const BlockMap& a = surveyed.map.blocks()[0];
    CHECK(a.name == "a");
    CHECK(a.length == 8 * page);
    CHECK(a.pages == 8);
    CHECK(a.bin_pages == 1);
    REQUIRE(a.bins.size() == 4);
    CHECK(a.bins.at(0).zero == 1);
    CHECK(a.bins.at(0).resent == 0);
    CHECK(a.bins.at(1).zero == 0);
    CHECK(a.bins.at(1).full == 1);
    CHECK(a.bins.at(1).resent == 1);
    CHECK(a.bins.at(2).full == 1);
    CHECK(a.bins.at(3).full == 0);
    CHECK(a.bins.at(3).delta == 1);
    CHECK(a.bins.at(3).sent() == 1);
    const BlockMap& b = surveyed.map.blocks()[1];
    REQUIRE(b.bins.size() == 1);
    CHECK(b.bins.at(7).full == 1);
    CHECK(b.bins.at(7).resent == 1);
    REQUIRE(surveyed.map.rounds().size() == 2);
    const RoundTally& first = surveyed.map.rounds()[0];
    CHECK(first.first == 1);
    CHECK(first.last == 1);
    CHECK(first.zero == 2);
    CHECK(first.full == 3);
    CHECK(first.delta == 0);
    CHECK(first.resent == 0);
    CHECK(first.bytes == 3 * page);
    const RoundTally& second = surveyed.map.rounds()[1];
    CHECK(second.first == 2);
    CHECK(second.zero == 0);
    CHECK(second.full == 2);
    CHECK(second.delta == 1);
    CHECK(second.records() == 3);
    CHECK(second.resent == 3);
    CHECK(second.bytes == page + 3 + 26);
  }
}

TEST_CASE("a large block has bins of many pages, and as many as there are blocks for") {
  const auto bin_pages = [](const std::vector<std::string>& blocks, std::uint64_t length) {
    NativeBuilder to = head();
    to.ram(1, blocks, length).part(1).zero(blocks[0], length - page);
    const Surveyed surveyed(ended(to));
    REQUIRE(surveyed.status);
    const BlockMap& block = surveyed.map.blocks()[0];
    CHECK(block.pages == length / page);
    REQUIRE(block.bins.size() == 1);
    CHECK(block.bins.begin()->first == (block.pages - 1) / block.bin_pages);
    return block.bin_pages;
  };
  CHECK(bin_pages({"a"}, 16384 * page) == 1);
  CHECK(bin_pages({"a"}, 16385 * page) == 2);
  CHECK(bin_pages({"a"}, std::uint64_t{1} << 50U) == (std::uint64_t{1} << 38U) / 16384);
  std::vector<std::string> many;
  for (int i = 0; i < 64; ++i) many.push_back("b" + std::to_string(i));
  CHECK(bin_pages(many, 1024 * page) == 1);
  CHECK(bin_pages(many, 1025 * page) == 2);
}

TEST_CASE("from 1024 rounds on, neighbours are one") {
  const auto rounds = [](std::uint64_t count) {
    NativeBuilder to = head();
    to.ram(1, {"a"}, 8 * page).part(1).zero("a", 0);
    for (std::uint64_t i = 1; i < count; ++i) to.zero({}, 0);
    const Surveyed surveyed(ended(to));
    REQUIRE(surveyed.status);
    std::uint64_t next = 1, records = 0;
    for (const RoundTally& round : surveyed.map.rounds()) {
      CHECK(round.first == next);
      CHECK(round.records() == round.last - round.first + 1);
      records += round.records();
      next = round.last + 1;
    }
    CHECK(records == count);
    CHECK(surveyed.rounds() == count);
    CHECK(surveyed.summary().rounds == count);
    return surveyed.map.rounds().size();
  };
  CHECK(rounds(1024) == 1024);
  CHECK(rounds(1025) == 513);
  CHECK(rounds(1026) == 513);
  CHECK(rounds(1027) == 514);
  CHECK(rounds(5000) == 625);
}

TEST_CASE("the map and the summary of each real stream agree") {
  for (const auto& path : real_streams()) {
    INFO(path);
    const Bytes native = load(path);
    const Surveyed surveyed(native);
    REQUIRE(surveyed.status);
    const vm::Summary& summary = surveyed.summary();
    CHECK(summary.rounds == surveyed.rounds());
    RoundTally all;
    for (const RoundTally& round : surveyed.map.rounds()) all += round;
    CHECK(all.zero == summary.pages.zero);
    CHECK(all.full == summary.pages.full + summary.pages.compressed);
    CHECK(all.delta == summary.pages.xbzrle);
    CHECK(all.bytes == summary.pages.bytes);
    CHECK(surveyed.map.blocks().size() == summary.blocks.size());
    CHECK(surveyed.map.machine() == summary.machine.value_or(""));
    std::uint64_t length = 0, sent = 0, resent = 0;
    for (const BlockMap& block : surveyed.map.blocks()) {
      length += block.length;
      for (const auto& [number, bin] : block.bins) {
        sent += bin.sent();
        resent += bin.resent;
      }
    }
    CHECK(length == summary.ram_total);
    CHECK(resent == all.resent);
    CHECK(sent + resent == all.records());
    CHECK(surveyed.map.sent_elsewhere() == summary.ram_sent_elsewhere);
    CHECK(summary.complete != summary.ram_sent_elsewhere);
    CHECK(summary.ram_sent_elsewhere == path.filename().string().starts_with("f-multifd"));
    if (path.filename().string().starts_with("f-compress")) CHECK(summary.rounds == 1);
    if (path.filename() == "sample.mig") {
      CHECK(summary.rounds == 8);
      CHECK(summary.pages.zero == 1990);
      CHECK(summary.pages.full == 382);
      CHECK(summary.pages.xbzrle == 580);
      CHECK(all.resent == 886);
    }
  }
}
