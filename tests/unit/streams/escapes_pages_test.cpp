// SPDX-License-Identifier: LGPL-2.1-or-later
// Pages, and records between them, that the schema has no place for: carried all the same.
#include "support/escapes.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("pages that are filled with another byte come back") {
  comes_back(ram()
                 .part(1)
                 .zero("pc.ram", 0, 0x5a)
                 .zero({}, 0x1000, 0xff)
                 .zero({}, 0x2000)
                 .zero({}, 0x3000, 1)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram({"a", "b"})
                 .part(1)
                 .zero("a", 0)
                 .zero("b", 0, 3)
                 .zero("b", 0x1000, 3)
                 .zero("a", 0, 4)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000, 0xff).eos().footer(1).eof(), "1 0(2,5)");
}

TEST_CASE("control records without a page come back wherever they stand") {
  constexpr std::uint64_t flush = 0x200;
  constexpr std::uint64_t hook = 0x80;
  for (const std::uint64_t control : {flush, hook}) {
    comes_back(head()
                   .section(1, 1, "ram", 0, 4)
                   .u64(0x4004)
                   .counted("pc.ram")
                   .u64(0x4000)
                   .u64(control)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .part(1)
                   .u64(control)
                   .zero("pc.ram", 0)
                   .u64(control)
                   .u64(control)
                   .zero({}, 0x1000)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .part(1)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .end(1)
                   .zero({}, 0)
                   .u64(control)
                   .zero("pc.ram", 0x1000)
                   .eos()
                   .footer(1)
                   .eof());
  }
  comes_back(ram()
                 .part(1)
                 .u64(hook)
                 .u64(flush)
                 .u64(hook)
                 .zero("pc.ram", 0, 9)
                 .u64(flush)
                 .u64(hook)
                 .zero({}, 0)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).u64(flush).zero("pc.ram", 0).eos().footer(1).eof(), "1 0(3)");
  is_carried_by(ram().part(1).zero("pc.ram", 0).u64(hook).eos().footer(1).eof(), "1");
}

TEST_CASE("compressed pages come back") {
  comes_back(ram({"a", "b"})
                 .part(1)
                 .compressed("a", 0, three)
                 .compressed({}, 0x1000, three)
                 .compressed("b", 0, three)
                 .zero({}, 0x1000)
                 .compressed("b", 0x2000, three)
                 .page("b", 0x2000, 1)
                 .compressed({}, 0x3000, {})
                 .eos()
                 .footer(1)
                 .part(1)
                 .compressed({}, 0, three)
                 .eos()
                 .footer(1)
                 .end(1)
                 .u64(0x200)
                 .compressed("a", 0, three)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).compressed("pc.ram", 0, three).zero({}, 0).eos().footer(1).eof(), "1 6 0(2)");
}

TEST_CASE("pages may come in START, in FULL, or all in END") {
  comes_back(head()
                 .section(1, 1, "ram", 0, 4)
                 .u64(0x4004)
                 .counted("a")
                 .u64(0x4000)
                 .zero("a", 0)
                 .page({}, 0x1000, 3)
                 .compressed({}, 0x2000, three)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(head()
                 .section(4, 1, "ram", 0, 4)
                 .u64(0x4004)
                 .counted("a")
                 .u64(0x4000)
                 .zero("a", 0)
                 .zero({}, 0x1000)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero({}, 0)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram().end(1).zero("pc.ram", 0).page({}, 0x1000, 9).eos().footer(1).eof());
  is_carried_by(ram().end(1).zero("pc.ram", 0).eos().footer(1).eof(), "1 0(1)");
  is_carried_by(head()
                    .section(4, 1, "ram", 0, 4)
                    .u64(0x4004)
                    .counted("a")
                    .u64(0x4000)
                    .zero("a", 0)
                    .eos()
                    .footer(1)
                    .eof(),
                "1 0(1) 0(2)");
}
