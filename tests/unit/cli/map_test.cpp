// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's map.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Bytes two_rounds() {
  constexpr std::uint64_t size = 4096;
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2").u8(5).counted("configuration/target-page-bits").u32(1).u32(12);
  to.ram(1, {"pc.ram", "<&\x1b>"}, 8 * size);
  to.part(1).zero("pc.ram", 0).zero({}, size).page({}, 2 * size, 1).page({}, 3 * size, 2).eos().footer(1);
  to.part(1).page({}, size, 3).xbzrle({}, 3 * size, Bytes{0x00, 0x01, 9}).eos().footer(1);
  return to.end(1).eos().footer(1).eof().bytes();
}

}  // namespace

TEST_CASE("map draws each block by address, and each round, the same for both forms") {
  const Bytes native = two_rounds();
  const Ran ran = run({"map", "-"}, native);
  REQUIRE(ran.code == 0);
  CHECK(
      ran.out.starts_with("standard input: pc-i440fx-7.2, 64 KiB in 2 blocks, 6 pages sent in 2 rounds\n"
                          "a cell is 4 KiB; 12.0 KiB of page contents; 2 pages sent again\n"));
  CHECK(holds(ran.out, "\npc.ram  32 KiB\npages: 2 full, 1 delta, 1 zero, 4 never sent; 2 sent again\n"));
  CHECK(holds(ran.out, "      0 B -##x....   .1.1....\n\n"));
  CHECK(holds(ran.out, "\n<&\\x1b>  32 KiB\npages: never sent\n"));
  // Two zero and two full pages of 4 KiB; then a full one, and a delta of three bytes.
  CHECK(holds(ran.out, "\nround 1                 4 pages      8 KiB  ############------------\n"));
  CHECK(holds(ran.out, "\nround 2                 2 pages    4.0 KiB  ########xxxxxxxxx\n"));
  CHECK_FALSE(holds(ran.out, "round 3"));
  CHECK_FALSE(holds(ran.out, "\x1b"));
  CHECK(run({"map", "-"}, encode(native).out).out == ran.out);
}

TEST_CASE("map --svg is XML, whatever names a stream has") {
  const Ran ran = run({"map", "-", "--svg", "-"}, two_rounds());
  REQUIRE(ran.code == 0);
  CHECK(ran.out.starts_with("<svg "));
  CHECK(ran.out.ends_with("</svg>\n"));
  CHECK(holds(ran.out, "&lt;&amp;\\x1b&gt;"));
  CHECK_FALSE(holds(ran.out, "\x1b"));
}

TEST_CASE("map shows what came before a fault") {
  Bytes cut = two_rounds();
  cut.resize(cut.size() - 40);
  const Ran ran = run({"map", "-"}, cut);
  CHECK(ran.code == 3);
  CHECK(holds(ran.out, "round 2"));
  // A drawing would not show that it is not whole.
  const Ran drawing = run({"map", "-", "--svg", "-"}, cut);
  CHECK(drawing.code == 3);
  CHECK(drawing.out == "");
}

TEST_CASE("map of a block that claims to be huge is small and quick") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2").u8(5).counted("configuration/target-page-bits").u32(1).u32(12);
  to.ram(1, {"pc.ram"}, std::uint64_t{1} << 50U);
  to.part(1).zero("pc.ram", 0).zero({}, 4096);
  for (std::uint64_t i = 1; i < 1000; ++i) to.page({}, i << 40U, 1);
  const Ran ran = run({"map", "-"}, to.eos().footer(1).end(1).eos().footer(1).eof().bytes());
  CHECK(ran.code == 0);
  CHECK(holds(ran.out, "1 PiB"));
}

namespace {

/// A stream of one block with the records that `add` puts into one PART.
template <class Add>
Bytes one_block(std::uint64_t pages, Add add) {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", 4096).ram(1, {"r"}, pages * 4096).part(1);
  add(to);
  return to.eos().footer(1).ended(1).eof().bytes();
}

std::string map_of(const Bytes& native) {
  const Ran ran = run({"map", "-"}, native);
  CHECK(ran.code == 0);
  CHECK(ran.error == "");
  return ran.out;
}

}  // namespace

TEST_CASE("map: how often pages were sent again") {
  const std::vector<int> times{0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 64};
  const std::string text = map_of(one_block(16, [&](NativeBuilder& to) {
    to.zero("r", 15 * 4096);
    for (std::size_t i = 0; i < times.size(); ++i)
      for (int n = 0; n <= times[i]; ++n) to.zero({}, i * 4096);
  }));
  CHECK(holds(text, "      0 B ------------...-   .1224488oo@@....\n"));
  CHECK(holds(text, "pages: 13 zero, 3 never sent; 11 sent again, 183 times\n"));
}

TEST_CASE("map tells pages that were sent again from how often they were") {
  // What tests/streams/README.md says of it.
  CHECK(holds(map_of(sample()), "pages: 25 full, 97 delta, 1,928 zero; 130 sent again, 886 times\n"));
}

TEST_CASE("map: a cell of many pages is drawn as what stands out of them") {
  // 512 cells of 8 pages.
  const std::string text = map_of(one_block(4096, [](NativeBuilder& to) {
    std::uint64_t cell = 0;
    const auto pages = [&](int full, int zero, int delta) {
      std::uint64_t addr = cell++ * 8 * 4096;
      const NativeBuilder::Block block = cell == 1 ? NativeBuilder::Block("r") : NativeBuilder::Block();
      bool first = true;
      const auto name = [&] { return std::exchange(first, false) ? block : NativeBuilder::Block(); };
      for (; full > 0; --full, addr += 4096) to.page(name(), addr, 1);
      for (; zero > 0; --zero, addr += 4096) to.zero(name(), addr);
      for (; delta > 0; --delta, addr += 4096) to.zero(name(), addr).xbzrle({}, addr, Bytes{0, 1, 1});
    };
    pages(1, 4, 0);
    pages(1, 5, 0);
    pages(2, 0, 1);
    pages(1, 0, 1);
    pages(0, 1, 0);
    pages(0, 7, 1);
    pages(0, 0, 0);
    pages(8, 0, 0);
  }));
  CHECK(holds(text, "      0 B #+#x-x.#........................   ..11.1..........................\n"));
  CHECK(holds(text, "\n  1.0 MiB ................................   ................................\n") ==
        false);
  CHECK(holds(text, "\n    1 MiB ................................   ................................\n"));
  CHECK(holds(text, "\n   15 MiB ................................   ................................\n"));
  CHECK_FALSE(holds(text, "\n   16 MiB"));
  CHECK(holds(text, "\na cell is 32 KiB; "));
  CHECK(holds(text, "pages: 13 full, 3 delta, 17 zero, 4,063 never sent; 3 sent again\n"));
}

TEST_CASE("map: many rounds are joined into sixteen lines") {
  const std::string text = map_of(one_block(4, [](NativeBuilder& to) {
    to.zero("r", 0);
    for (int i = 1; i < 33; ++i) to.zero({}, 0);
  }));
  CHECK(holds(text, "33 pages sent in 33 rounds\n"));
  CHECK(holds(text, "\nrounds 1-3              3 pages        0 B  "));
  CHECK(holds(text, "\nrounds 31-33            3 pages        0 B  "));
  CHECK_FALSE(holds(text, "\nround "));
}

TEST_CASE("map: in a mapped-ram file, what is not there is zeroes") {
  NativeBuilder to;
  to.configuration("microvm", 4096).u8(5).counted("configuration/capabilities").u32(1).u32(1);
  to.counted("mapped-ram").section(1, 1, "ram", 0, 4).u64(8 * 4096 | 4).counted("r").u64(8 * 4096);
  to.u32(1).u64(4096).u64(to.size() + 16).u64(to.size() + 8 + 8).raw(Bytes{2, 0, 0, 0, 0, 0, 0, 0});
  to.fill(4096, 0).fill(4096, 1).fill(6 * 4096, 0).eos().footer(1).ended(1).eof();
  const Scratch scratch;
  const Ran ran = run({"map", scratch.file("vm", to.bytes())});
  CHECK(ran.code == 0);
  CHECK(holds(ran.out, "      0 B -#------\n"));
  CHECK(holds(ran.out, "pages: 1 full, 7 zero\n"));
  CHECK(holds(ran.out, "1 page sent in 1 round\n"));
}

TEST_CASE("map: one scale for all blocks, the small ones in lines, and nothing empty for one round") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", 4096).section(1, 1, "ram", 0, 4).u64(0x106000 | 4);
  to.counted("pc.ram").u64(0x100000).counted("pc.bios").u64(0x4000).counted("rom").u64(0x2000).eos().footer(
      1);
  to.part(1).zero("pc.ram", 0).page("pc.bios", 4096, 1).zero({}, 8192).eos().footer(1);
  const std::string one = map_of(NativeBuilder(to).ended(1).eof().bytes());
  CHECK(holds(one, "\npc.ram  1 MiB\npages: 1 zero, 255 never sent\n"));
  CHECK(holds(one,
              "\n\nSmall blocks  on the same scale\n"
              "pc.bios    16 KiB  .#-.  1 full, 1 zero, 2 never sent\n"
              "rom         8 KiB  ..    never sent\n"));
  CHECK(holds(one, "\na cell is 4 KiB; 4 KiB of page contents; 0 pages sent again\n"));
  CHECK_FALSE(holds(one, "on average"));
  CHECK_FALSE(holds(one, "each round"));
  const std::string again =
      map_of(NativeBuilder(to).part(1).page("pc.bios", 4096, 2).eos().footer(1).ended(1).eof().bytes());
  CHECK(holds(again, "sent again on average:  . never  1 once"));
  CHECK(holds(again,
              "\npc.bios    16 KiB  .#-. .1..  1 full, 1 zero, 2 never sent; 1 sent again\n"
              "rom         8 KiB  .. ..      never sent\n"));
}

TEST_CASE("map --color") {
  CHECK(holds(run({"map", "-", "--color", "always"}, two_rounds()).out, "\x1b[38;"));
}

TEST_CASE("map --svg: one scale for all blocks, and the address under the pointer") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", 4096).ram(1, {"pc.ram", "pc.bios"}, std::uint64_t{64} << 12U);
  to.part(1).zero("pc.ram", 0).page({}, 4096, 1).zero("pc.bios", 0).eos().footer(1);
  const Ran ran = run({"map", "-", "--svg", "-"}, to.ended(1).eof().bytes());
  REQUIRE(ran.code == 0);
  CHECK(holds(ran.out, "<title>pc.ram+0x0 to 0xffff: 1 full, 1 zero, 14 never sent</title>"));
  CHECK(holds(ran.out, "prefers-color-scheme:dark"));
  CHECK(holds(ran.out,
              "<desc id=\"summary\">512 KiB in 2 RAM blocks: 3 pages sent, 0 of them again, in 1 round."));
  // Nothing was sent again, and there was one round.
  CHECK_FALSE(holds(ran.out, "How often again"));
  CHECK_FALSE(holds(ran.out, "What each round sent"));
  CHECK(holds(run({"map", "-", "--svg", "-"}, two_rounds()).out, "What each round sent"));
}
