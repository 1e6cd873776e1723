// SPDX-License-Identifier: LGPL-2.1-or-later
// What the format forbids is refused.
#include "support/escapes.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("what the format forbids is refused") {
  is_refused(ram().part(2).zero("pc.ram", 0).eos().footer(2).eof(), "unknown_section");
  is_refused(ram().part(1).zero("other", 0).eos().footer(1).eof(), "unknown_block");
  is_refused(ram().part(1).zero("pc.ram", 0x4000).eos().footer(1).eof(), "page_outside_block");
  is_refused(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000).zero({}, 0x4000).eos().footer(1).eof(),
             "page_outside_block");
  is_refused(ram().part(1).zero({}, 0).eos().footer(1).eof(), "bad_tag");
  is_refused(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000).u64(0x2000 | 0x22 | 0x08).eos().footer(1).eof(),
             "bad_tag");
  is_refused(ram().part(1).zero("pc.ram", 0).eos().footer(2).eof(), "missing_end_mark");
  is_refused(ram().u8(0x20).eof(), "bad_tag");
  is_refused(ram().u8(0x06).eof(), "bad_tag");
  is_refused(ram().configuration("late").eof(), "wrong_order");
  is_refused(NativeBuilder().section(1, 1, "ram", 0, 3).eos().footer(1).eof(), "unsupported");
  is_refused(
      NativeBuilder().u8(7).u32(3).text("m-1").u8(5).counted("configuration/other").u32(1).u32(0).eof(),
      "unsupported");
}
