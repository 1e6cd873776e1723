// SPDX-License-Identifier: LGPL-2.1-or-later
// Where boards put their RAM.
#include <qember/advanced/vm/layout.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace qember::vm;

namespace {

constexpr std::uint64_t four_gib = 0x100000000;

/// Where the hole begins, 0 where that is not known.
std::uint64_t begin_of(std::string_view machine, std::uint64_t ram) {
  const auto hole = pc_hole(machine, ram);
  if (hole) CHECK(hole->end == four_gib);
  return hole ? hole->begin : 0;
}

/// `ADDRESS+SIZE from OFFSET` of each range, in hex.
std::string placed(std::uint64_t ram, Hole hole) {
  std::string text;
  const auto hex = [](std::uint64_t value) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%llx", static_cast<unsigned long long>(value));
    return std::string(digits);
  };
  for (const PhysicalRange& range : place_ram(ram, hole))
    text += (text.empty() ? "" : ", ") + hex(range.address) + "+" + hex(range.size) + " from " +
            hex(range.offset);
  return text;
}

}  // namespace

TEST_CASE("boards split their RAM at the sizes and places of QEMU") {
  struct Board {
    std::string_view machine;
    std::uint64_t limit;  // the least RAM that is split
    std::uint64_t split;
  };
  for (const auto& [machine, limit, split] :
       {Board{"pc-i440fx-7.2", 0xe0000000, 0xc0000000}, Board{"pc-i440fx-rhel7.6.0", 0xe0000000, 0xc0000000},
        Board{"pc-q35-2.5", 0xb0000000, 0x80000000}, Board{"pc-q35-11.1", 0xb0000000, 0x80000000},
        Board{"microvm", 0xc0000000, 0xc0000000}, Board{"isapc", 0xe0000000, 0xe0000000}}) {
    INFO(machine);
    CHECK(begin_of(machine, 0) == limit);
    CHECK(begin_of(machine, 0x4000000) == limit);
    CHECK(begin_of(machine, limit - 4096) == limit);
    CHECK(begin_of(machine, limit - 1) == limit);
    CHECK(begin_of(machine, limit) == split);
    CHECK(begin_of(machine, limit + 1) == split);
    CHECK(begin_of(machine, four_gib) == split);
    CHECK(begin_of(machine, 0x10000000000) == split);
  }
}

TEST_CASE("of a stream that names no machine, RAM that no board splits is in one piece") {
  CHECK(begin_of("", 0) == 0xb0000000);
  CHECK(begin_of("", 0xb0000000 - 1) == 0xb0000000);
  CHECK_FALSE(pc_hole("", 0xb0000000));
  CHECK_FALSE(pc_hole("", 0xe0000000));
  CHECK_FALSE(pc_hole("", four_gib));
}

TEST_CASE("nothing is known of other machines") {
  for (const std::string_view machine :
       {"virt-7.2", "pc", "pc-1.0", "q35", "xpc-q35-9.0", "pseries-7.2", "PC-Q35-9.0"}) {
    INFO(machine);
    CHECK_FALSE(pc_hole(machine, 4096));
    CHECK_FALSE(pc_hole(machine, 0xb0000000 - 1));
    CHECK_FALSE(pc_hole(machine, four_gib));
  }
}

TEST_CASE("RAM goes around the hole") {
  const Hole q35{0x80000000, four_gib};
  CHECK(placed(0, q35) == "");
  CHECK(placed(0x1000, q35) == "0+1000 from 0");
  CHECK(placed(0xfffff, q35) == "0+fffff from 0");
  CHECK(placed(0x100000, q35) == "0+100000 from 0");
  CHECK(placed(0x101000, q35) == "0+100000 from 0, 100000+1000 from 100000");
  CHECK(placed(0x80000000, q35) == "0+100000 from 0, 100000+7ff00000 from 100000");
  CHECK(placed(0x80001000, q35) ==
        "0+100000 from 0, 100000+7ff00000 from 100000, 100000000+1000 from 80000000");
  CHECK(placed(four_gib, q35) ==
        "0+100000 from 0, 100000+7ff00000 from 100000, 100000000+80000000 from 80000000");
  CHECK(placed(four_gib, {0xc0000000, 0x200000000}) ==
        "0+100000 from 0, 100000+bff00000 from 100000, 200000000+40000000 from c0000000");
  // A hole below 1 MiB, and one at the beginning.
  CHECK(placed(0x3000, {0x1000, 0x8000}) == "0+1000 from 0, 8000+2000 from 1000");
  CHECK(placed(0x3000, {0, 0x8000}) == "8000+3000 from 0");
  CHECK(placed(0x100000, {0x100000, 0x200000}) == "0+100000 from 0");
}
