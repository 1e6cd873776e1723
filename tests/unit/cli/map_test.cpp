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
  CHECK(ran.out.starts_with("standard input: pc-i440fx-7.2, 64 KiB in 2 blocks, 6 pages sent in 2 rounds\n"));
  CHECK(holds(ran.out, "\npc.ram  32 KiB\npages: 2 full, 1 delta, 1 zero, 4 never sent; 2 sent again\n"));
  CHECK(holds(ran.out, "      0 B -##x....   .1.1....\n          a cell is 4 KiB\n"));
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
