// SPDX-License-Identifier: LGPL-2.1-or-later
// What memory holds at the end of a stream, through the library.
#include "support/events.hpp"
#include "support/hex.hpp"
#include "support/native_builder.hpp"

#include <qember/advanced/vm/final_ram.hpp>

#include <catch2/catch.hpp>

#include <map>

using namespace qember;
using namespace qember::test;
using vm::BlockTally;

namespace {

constexpr std::uint64_t page = 4096;

/// Blocks in memory; that of the name `unwanted` is not kept.
class Memory final : public vm::RamStore {
 public:
  explicit Memory(const event::Source& source) : source_(source) {}

  bool wants(std::uint32_t block) override { return source_.session().blocks()[block].name != "unwanted"; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override {
    std::ranges::copy(data, at(block, addr, data.size()));
    ++writes;
    return {};
  }
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override {
    std::copy_n(at(block, addr, data.size()), data.size(), data.begin());
    return {};
  }
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override {
    std::fill_n(at(block, addr, size), size, 0);
    ++clears;
    return {};
  }
  Bytes& operator[](std::uint32_t block) {
    Bytes& bytes = blocks_[block];
    bytes.resize(source_.session().blocks()[block].length);
    return bytes;
  }

  int writes = 0, clears = 0;

 private:
  Bytes::iterator at(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
    const std::uint64_t length = source_.session().blocks()[block].length;
    REQUIRE(addr <= length);
    REQUIRE(size <= length - addr);
    return (*this)[block].begin() + static_cast<std::ptrdiff_t>(addr);
  }

  const event::Source& source_;
  std::map<std::uint32_t, Bytes> blocks_;
};

struct Final {
  explicit Final(const Bytes& stream)
      : opened(stream), memory(opened.source()), ram(opened.source(), memory) {
    status = opened.each([this](const event::Event& event) { return ram.take(event); });
  }
  /// The first byte of a page of the first block.
  int first(std::uint64_t number) { return memory[0].at(number * page); }
  const BlockTally& tally(std::size_t block = 0) const { return ram.tallies()[block]; }

  Opened opened;
  Memory memory;
  vm::FinalRam ram;
  Status status;
};

NativeBuilder head() {
  NativeBuilder to;
  return to.configuration("pc-i440fx-7.2", page);
}
NativeBuilder ram_of(std::uint64_t length = 8 * page) { return head().ram(1, {"r"}, length).part(1); }
Bytes ended(NativeBuilder& to) { return to.eos().footer(1).ended(1).eof().bytes(); }
Bytes discard_of(std::uint64_t begin, std::uint64_t length, const std::string& block = "r") {
  Bytes payload = from_hex("00 01 00 00 0000000000000000 0000000000000000");
  payload[2] = static_cast<std::uint8_t>(block[0]);
  store_be(payload.data() + 4, begin);
  store_be(payload.data() + 12, length);
  return payload;
}

/// That the stream is refused, in both forms where it has both.
void refused(const Bytes& stream, Errc code, const std::string& expected, const std::string& found) {
  Final final(stream);
  REQUIRE_FALSE(final.status);
  CHECK(final.status.error().code == code);
  CHECK(final.status.error().expected == expected);
  CHECK(final.status.error().found == found);
  CHECK(final.status.error().path.starts_with("QEVM."));
  CHECK(final.status.error().offset != 0);
}

}  // namespace

TEST_CASE("final RAM: the last copy of a page counts, in either form of the stream") {
  auto to = ram_of();
  to.page("r", 0, 1).page({}, page, 2).zero({}, 2 * page, 0x33).zero({}, 3 * page);
  to.page({}, 4 * page, 0);
  to.page({}, 0, 4).zero({}, page).page({}, 3 * page, 5);
  to.xbzrle({}, 0, from_hex("01 02 aabb")).xbzrle({}, 2 * page, from_hex("00 01 99"));
  const Bytes native = ended(to);
  for (const Bytes& stream : {native, encode(native).out}) {
    Final final(stream);
    REQUIRE(final.status);
    CHECK(Bytes(final.memory[0].begin(), final.memory[0].begin() + 4) == Bytes{4, 0xaa, 0xbb, 4});
    CHECK(final.first(1) == 0);
    CHECK(final.first(2) == 0x99);
    CHECK(final.memory[0].at(2 * page + 1) == 0x33);
    CHECK(final.memory[0].at(3 * page - 1) == 0x33);
    CHECK(final.first(3) == 5);
    CHECK(final.first(4) == 0);
    const BlockTally& tally = final.tally();
    CHECK(tally.zero == 3);
    CHECK(tally.full == 5);
    CHECK(tally.xbzrle == 2);
    CHECK(tally.compressed == 0);
    CHECK(tally.records() == 10);
    CHECK(tally.resent == 5);
    CHECK(tally.data_pages == 3);
    CHECK(tally.zero_pages == 2);
    CHECK(tally.discarded_pages == 0);
    // Zeroes in a page that had none cost nothing.
    CHECK(final.memory.clears == 1);
  }
}

TEST_CASE("final RAM: a delta of a page of zeroes, and one that makes zeroes") {
  auto to = ram_of();
  to.zero("r", 0).xbzrle({}, 0, from_hex("02 01 07"));
  to.page({}, page, 0).xbzrle({}, page, from_hex("00 01 08"));
  to.zero({}, 2 * page).xbzrle({}, 2 * page, from_hex("00 01 09")).xbzrle({}, 2 * page, from_hex("00 01 00"));
  Final final(ended(to));
  REQUIRE(final.status);
  CHECK(final.memory[0].at(2) == 7);
  CHECK(final.first(1) == 8);
  CHECK(final.first(2) == 0);
  CHECK(final.tally().data_pages == 2);
  CHECK(final.tally().zero_pages == 1);
  CHECK(final.tally().resent == 4);
}

TEST_CASE("final RAM: a delta needs a page that was sent and not discarded") {
  const std::string wanted = "a page that was sent before its delta";
  auto never = ram_of();
  never.zero("r", 0).xbzrle({}, page, from_hex("00 01 09"));
  refused(ended(never), Errc::bad_delta, wanted, "none at 0x1000");
  auto gone = ram_of();
  gone.page("r", page, 1).eos().footer(1).command(6, discard_of(page, page)).part(1);
  gone.xbzrle("r", page, from_hex("00 01 09"));
  refused(ended(gone), Errc::bad_delta, wanted, "none at 0x1000");
  auto broken = ram_of();
  broken.zero("r", 0).xbzrle({}, 0, from_hex("00 00"));
  refused(ended(broken), Errc::bad_delta, "at least 1 changed byte", "0");
}

TEST_CASE("final RAM: a compressed page is exactly a page") {
  const auto with = [](std::string_view zlib) {
    auto to = ram_of();
    return ended(to.zero("r", 0).compressed({}, page, from_hex(zlib)));
  };
  // 4096 zeroes; less, more, and something behind.
  Final sound(with("789cedc1010d000000c2a0f74f6d0f0714000000f06e10000001"));
  REQUIRE(sound.status);
  CHECK(sound.tally().compressed == 1);
  CHECK(sound.tally().zero_pages == 2);
  refused(with("789cedc1010d000000c2a0f74f6d0f0714000000706e0fff0001"), Errc::bad_value,
          "a zlib stream of 4096 bytes", "one of 4095 bytes in 26");
  refused(with("789cedc1010d000000c2a0f74f6d0f0714000000706f10010001"), Errc::bad_value,
          "a zlib stream of 4096 bytes", "buffer error");
  refused(with("789cedc1010d000000c2a0f74f6d0f0714000000f06e1000000100"), Errc::bad_value,
          "a zlib stream of 4096 bytes", "one of 4096 bytes in 26");
  refused(with("789c0102"), Errc::bad_value, "a zlib stream of 4096 bytes", "data error");
}

TEST_CASE("final RAM: what postcopy discards is gone until it comes again") {
  auto to = ram_of();
  for (std::uint64_t i = 0; i < 8; ++i)
    to.page(i == 0 ? NativeBuilder::Block("r") : NativeBuilder::Block(), i * page, 0x10);
  to.zero({}, 2 * page).eos().footer(1).command(6, discard_of(page, 3 * page)).part(1);
  to.page("r", 3 * page, 0x20);
  Final final(ended(to));
  REQUIRE(final.status);
  for (const auto& [number, value] : {std::pair(0, 0x10), std::pair(1, 0), std::pair(2, 0),
                                      std::pair(3, 0x20), std::pair(4, 0x10), std::pair(7, 0x10)})
    CHECK(final.first(static_cast<std::uint64_t>(number)) == value);
  CHECK(final.tally().data_pages == 6);
  CHECK(final.tally().zero_pages == 0);
  CHECK(final.tally().discarded_pages == 2);
  // The page that came again had been discarded, and is not one that was sent again.
  CHECK(final.tally().resent == 1);
}

TEST_CASE("final RAM: a discard is of whole pages in a block of the list") {
  const auto with = [](const Bytes& payload, std::uint64_t length = 8 * page) {
    auto to = ram_of(length);
    to.page("r", 0, 1).eos().footer(1).command(6, payload);
    return to.ended(1).eof().bytes();
  };
  refused(with(discard_of(8 * page, page)), Errc::page_outside_block, "a range within 0x8000",
          "0x1000 bytes at 0x8000");
  refused(with(discard_of(7 * page, 2 * page)), Errc::page_outside_block, "a range within 0x8000",
          "0x2000 bytes at 0x7000");
  refused(with(discard_of(0xfffffffffffff000, page)), Errc::page_outside_block, "a range within 0x8000",
          "0x1000 bytes at 0xfffffffffffff000");
  refused(with(discard_of(page, 0xfffffffffffff000)), Errc::page_outside_block, "a range within 0x8000",
          "0xfffffffffffff000 bytes at 0x1000");
  refused(with(discard_of(0x800, page)), Errc::page_unaligned, "multiples of 0x1000",
          "0x1000 bytes at 0x800");
  refused(with(discard_of(0, 0x800)), Errc::page_unaligned, "multiples of 0x1000", "0x800 bytes at 0x0");
  refused(with(discard_of(0, page, "s")), Errc::unknown_block, "a listed block", "\"s\"");
  Bytes version = discard_of(0, page);
  version[0] = 1;
  CHECK_FALSE(Final(with(version)).status);
  Bytes cut = discard_of(0, page);
  cut.pop_back();
  CHECK_FALSE(Final(with(cut)).status);
  CHECK_FALSE(Final(with(Bytes{0})).status);
  // What is right of it is not done either.
  Bytes two = discard_of(0, page);
  const Bytes outside = discard_of(8 * page, page);
  two.insert(two.end(), outside.end() - 16, outside.end());
  Final kept(with(two));
  CHECK_FALSE(kept.status);
  CHECK(kept.tally().discarded_pages == 0);
  CHECK(kept.first(0) == 1);
  // All of it, nothing of it, and the last page.
  CHECK(Final(with(discard_of(0, 8 * page))).tally().discarded_pages == 1);
  CHECK(Final(with(discard_of(8 * page, 0))).tally().discarded_pages == 0);
  CHECK(Final(with(discard_of(7 * page, page))).tally().discarded_pages == 0);
  // The last page of a block may be cut.
  CHECK(Final(with(discard_of(0, 0x100), 0x100)).tally().discarded_pages == 1);
}

TEST_CASE("final RAM: the last page of a block may be cut") {
  auto to = ram_of(page + 0x100);
  to.page("r", 0, 1)
      .page({}, page, 2)
      .xbzrle({}, page, from_hex("01 01 07"))
      .zero({}, page)
      .page({}, page, 3);
  Final final(ended(to));
  REQUIRE(final.status);
  CHECK(final.memory[0].size() == page + 0x100);
  CHECK(final.memory[0].back() == 3);
  CHECK(final.tally().data_pages == 2);
}

TEST_CASE("final RAM: of a block that is not kept records are counted, and nothing else") {
  NativeBuilder to = head();
  to.ram(1, {"r", "unwanted"}, 8 * page).part(1);
  to.page("r", 0, 1).page("unwanted", 0, 2).zero({}, page).xbzrle({}, 2 * page, from_hex("00 01 09"));
  to.compressed({}, 3 * page, from_hex("789c0102"));
  Final final(ended(to));
  REQUIRE(final.status);
  CHECK(final.memory.writes == 1);
  const BlockTally& tally = final.tally(1);
  CHECK(tally.full == 1);
  CHECK(tally.zero == 1);
  CHECK(tally.xbzrle == 1);
  CHECK(tally.compressed == 1);
  CHECK(tally.data_pages + tally.zero_pages + tally.resent == 0);
}

TEST_CASE("final RAM: errors of the store are passed on") {
  class Full final : public vm::RamStore {
    bool wants(std::uint32_t) override { return true; }
    Status write(std::uint32_t, std::uint64_t, ByteView) override {
      return Error{Errc::io, 7, "store", "room", "none"};
    }
    Status read(std::uint32_t, std::uint64_t, MutableBytes) override { return {}; }
    Status clear(std::uint32_t, std::uint64_t, std::uint64_t) override { return {}; }
  } store;
  auto to = ram_of();
  const Bytes stream = ended(to.page("r", 0, 1));
  Opened opened(stream);
  vm::FinalRam ram(opened.source(), store);
  const Status status = opened.each([&](const event::Event& event) { return ram.take(event); });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::io);
  CHECK(status.error().path == "store");
}
