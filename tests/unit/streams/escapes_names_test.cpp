// SPDX-License-Identifier: LGPL-2.1-or-later
// Names that the schema reserves or cannot hold, and such that are sent again: carried all the same, or
// refused.
#include "support/escapes.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("names that the schema reserves or cannot hold come back") {
  const std::string names[] = {"qember",
                               "qember-name-0",
                               "qember-name-17",
                               "",
                               "\xff\xfe",
                               "caf\xe9",
                               std::string(255, 'x'),
                               std::string(255, '\xff'),
                               "caf\xc3\xa9",
                               std::string("a\0b", 3),
                               " ",
                               "ram2",
                               "\xed\xa0\x80"};
  for (const std::string& name : names) {
    INFO(name);
    comes_back(ram().device(7, name, three).device(8, "after", three).eof());
    comes_back(ram({name}).part(1).zero(name, 0).page({}, 0x1000, 7).eos().footer(1).eof());
    comes_back(ram({"qember-name-1", name, "other"})
                   .part(1)
                   .zero(name, 0)
                   .page("qember-name-1", 0x1000, 7)
                   .eos()
                   .footer(1)
                   .eof());
  }
  // Of an iterative section too: its records are not known, its footer is.
  comes_back(ram()
                 .section(1, 9, "qember", 0, 1)
                 .raw(three)
                 .footer(9)
                 .part(9)
                 .raw(three)
                 .footer(9)
                 .end(9)
                 .footer(9)
                 .eof());
  // A true name is beside the one in its place; a name that is UTF-8 needs none.
  is_carried_by(ram().device(7, "caf\xc3\xa9", three).eof(), "1");
  is_carried_by(ram().device(7, "qember", three).eof(), "1 0(7)");
  is_carried_by(ram({"\xff"}).part(1).zero("\xff", 0).eos().footer(1).eof(), "1 0(8)");
}

TEST_CASE("a name that a block has twice in the list is refused") {
  is_refused(ram({"a", "a"}).eof(), "bad_value");
  is_refused(ram({"qember", "qember"}).eof(), "bad_value");
}

TEST_CASE("block names that are sent again come back") {
  comes_back(ram()
                 .part(1)
                 .zero("pc.ram", 0)
                 .zero("pc.ram", 0x1000)
                 .zero({}, 0x2000)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero("pc.ram", 0)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram({"a", "b"})
                 .part(1)
                 .zero("a", 0)
                 .zero("b", 0)
                 .zero("b", 0x1000)
                 .zero("a", 0)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero("a", 0x1000)
                 .page({}, 0, 9)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero({}, 0)
                 .zero("b", 0)
                 .eos()
                 .footer(1)
                 .eof());
  // The first page of a section that names its block needs a note, where it was the last one's.
  is_carried_by(
      ram().part(1).zero("pc.ram", 0).eos().footer(1).part(1).zero("pc.ram", 0).eos().footer(1).eof(),
      "1 0(4)");
  is_carried_by(ram().part(1).zero("pc.ram", 0).eos().footer(1).part(1).zero({}, 0).eos().footer(1).eof(),
                "1");
}
