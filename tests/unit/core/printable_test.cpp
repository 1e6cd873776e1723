// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/printable.hpp>

#include <catch2/catch.hpp>

using namespace qember;

TEST_CASE("of names nothing reaches a terminal but what can be seen", "[core]") {
  CHECK(printable("pc.ram") == "pc.ram");
  CHECK(printable("caf\xc3\xa9 \xe2\x82\xac") == "caf\xc3\xa9 \xe2\x82\xac");
  CHECK(printable(R"(a\b)") == R"(a\\b)");
  CHECK(printable_line(R"(a\b)") == R"(a\b)");
  CHECK(printable("\x1b[2J\n\x7f") == R"(\x1b[2J\x0a\x7f)");
  CHECK(printable(std::string("a\0b", 3)) == R"(a\x00b)");
  CHECK(printable("\xc2\x9b"
                  "31m") == R"(\xc2\x9b31m)");  // CSI in C1
  CHECK(printable("\xe2\x80\xae"
                  "x") == R"(\xe2\x80\xaex)");                                    // right-to-left override
  CHECK(printable("\xe2\x81\xa6") == R"(\xe2\x81\xa6)");                          // an isolate
  CHECK(printable("\xc0\x8a\xed\xa0\x80\xff") == R"(\xc0\x8a\xed\xa0\x80\xff)");  // no UTF-8
  CHECK(printable("\xe2\x82") == R"(\xe2\x82)");
}

TEST_CASE("numbers are grouped by thousands", "[core]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(18446744073709551615U) == "18,446,744,073,709,551,615");
  CHECK(counted(1, "byte") == "1 byte");
  CHECK(counted(1234, "page") == "1,234 pages");
}
