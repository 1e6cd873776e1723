// SPDX-License-Identifier: LGPL-2.1-or-later
// Which block is which node, by device trees, and where that is not certain.
#include "support/ram_layouts.hpp"

using namespace qember;
using namespace qember::test;

TEST_CASE("a device tree has the sizes of nodes where no table has them") {
  const std::string arm = "linux,dummy-virt";
  const Blocks blocks{block("b", 2 * mib), block("a", mib), block("virt.flash0", mib)};
  const std::vector<Range> ranges{{0, gib, mib}, {1, gib + mib, 2 * mib}};
  const std::string by_tree = "a+0@40000000/100000 device tree, b+0@40100000/200000 device tree";
  const auto with = [&blocks](std::vector<RamTree> trees) {
    LaidOut guest{"virt-9.0", blocks};
    guest.trees = std::move(trees);
    return placed(guest);
  };
  const RamTree sound = tree_in(1, 0, arm, ranges);
  CHECK(with({sound}) == by_tree);
  CHECK(with({sound, sound}) == by_tree);
  CHECK(with({}) == "b?, a?");
  // Of another board, with RAM elsewhere, with a gap, of other sizes, not sound: as if it were not there.
  const RamTree none[] = {
      tree_in(1, 0, "riscv-virtio", ranges),
      tree_in(1, 0, arm, {{0, 2 * gib, mib}, {1, 2 * gib + mib, 2 * mib}}),
      tree_in(1, 0, arm, {{0, gib, mib}, {1, gib + 2 * mib, 2 * mib}}),
      tree_in(1, 0, arm, {{0, gib, mib}, {1, gib + mib, 3 * mib}}),
      tree_in(1, 0, arm, {{0, gib, 3 * mib}}),
      tree_in(1, 0, arm, {{1, gib, mib}, {0, gib + mib, mib}, {1, gib + 2 * mib, mib}}),
      {1, 0, Bytes(100, 0xff)},
  };
  for (const RamTree& each : none) {
    CHECK(with({each}) == "b?, a?");
    CHECK(with({each, sound}) == by_tree);
  }
  // Two that contradict each other.
  CHECK(with({sound, tree_in(0, 0, arm, {{0, gib, 2 * mib}, {1, gib + 2 * mib, mib}})}) == "b?, a?");
  // A table of QEMU's own says more.
  LaidOut both{"virt-9.0", blocks, srat({{0, gib, 2 * mib}, {1, gib + 2 * mib, mib}})};
  both.trees = {sound};
  CHECK(placed(both) == "b+0@40000000/200000 tables, a+0@40200000/100000 tables");
}

TEST_CASE("where a device tree lies tells nodes of one size apart") {
  const auto placed_with = [](std::string machine, std::uint64_t size, std::vector<RamTree> trees) {
    LaidOut guest{std::move(machine), {block("b", size), block("a", size)}};
    guest.blocks.push_back(block(guest.machine == "virt" ? "riscv_virt_board.mrom" : "virt.flash0", mib));
    guest.trees = std::move(trees);
    return placed(guest);
  };
  const std::string arm = "linux,dummy-virt", riscv = "riscv-virtio";
  const std::vector<Range> low{{0, gib, gib}, {1, 2 * gib, gib}}, high{{0, 2 * gib, gib}, {1, 3 * gib, gib}};
  const std::string a_first = "a+0@40000000/40000000 device tree, b+0@80000000/40000000 device tree";
  // Where RAM begins, where an initial RAM disk would be, and behind one.
  CHECK(placed_with("virt-9.0", gib, {tree_in(1, 0, arm, low)}) == a_first);
  CHECK(placed_with("virt-9.0", gib, {tree_in(1, 128 * mib, arm, low)}) == a_first);
  const std::string disk = "(chosen linux,initrd-end=0000000080100001 ) ";
  CHECK(placed_with("virt-9.0", gib, {tree_in(0, 2 * mib, arm, low, disk)}) == a_first);
  // No place of a tree's; one that is a place in either node; two that contradict each other.
  CHECK(placed_with("virt-9.0", gib, {tree_in(1, mib, arm, low)}) == "b?, a?");
  CHECK(placed_with("virt-9.0", gib, {tree_in(0, 0, arm, low, disk)}) == "b?, a?");
  const std::vector<Range> small{{0, gib, 128 * mib}, {1, gib + 128 * mib, 128 * mib}};
  CHECK(placed_with("virt-9.0", 128 * mib, {tree_in(1, 0, arm, small)}) == "b?, a?");
  CHECK(placed_with("virt-9.0", gib, {tree_in(1, 0, arm, low), tree_in(0, 0, arm, low)}) == "b?, a?");
  // Of RISC-V, at the end of RAM, or of that below 3 GiB.
  CHECK(placed_with("virt", gib, {tree_in(0, gib - 2 * mib, riscv, high)}) == "b?, a?");
  CHECK(placed_with(
            "virt", mib * 512,
            {tree_in(0, 510 * mib, riscv, {{0, 2 * gib, 512 * mib}, {1, 2 * gib + 512 * mib, 512 * mib}})}) ==
        "a+0@80000000/20000000 device tree, b+0@a0000000/20000000 device tree");
  // Not where a block was told its place.
  LaidOut told{
      "virt-9.0", {block("b", gib), block("a", gib), block("virt.flash0", mib)}, {}, {{"a", 8 * gib}}};
  told.trees = {tree_in(1, 0, arm, low)};
  CHECK(placed(told) == "b+0@40000000/40000000 machine, a+0@200000000/40000000 user");
}

TEST_CASE("the copy of itself that a PC's firmware leaves below 1 MiB tells which node is at 0") {
  const std::uint64_t size = 2 * mib;
  Bytes firmware(4096, 0x90);
  firmware[4080] = 0xea;
  LaidOut guest{"pc-q35-9.0", {block("b", size), block("a", size), block("pc.bios", mib / 4)}};
  guest.tables = srat({{0, 0, 0xa0000}, {0, mib, mib}, {1, size, size}});
  const std::uint32_t bios = 2;
  const auto with = [&](std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> pages) {
    guest.pages = std::move(pages);
    return placed(guest);
  };
  const std::uint64_t last = mib / 4 - 4096, shadow = mib - 4096;
  const std::string a_first =
      "a+0@0/100000 firmware, a+100000@100000/100000 firmware, b+0@200000/200000 firmware";
  CHECK(with({{{bios, last}, firmware}, {{1, shadow}, firmware}}) == a_first);
  CHECK(with({{{bios, last}, firmware}, {{1, shadow}, firmware}, {{0, shadow}, Bytes(4096)}}) == a_first);
  // None, two, another place or contents, and no firmware to compare with.
  CHECK(with({}) == "b?, a?");
  CHECK(with({{{bios, last}, firmware}}) == "b?, a?");
  CHECK(with({{{bios, last}, firmware}, {{1, shadow}, firmware}, {{0, shadow}, firmware}}) == "b?, a?");
  CHECK(with({{{bios, last}, firmware}, {{1, shadow - 4096}, firmware}}) == "b?, a?");
  CHECK(with({{{bios, last}, firmware}, {{1, shadow}, Bytes(4096, 0x90)}}) == "b?, a?");
  CHECK(with({{{1, shadow}, firmware}}) == "b?, a?");
  CHECK(with({{{bios, last}, Bytes(4096)}, {{1, shadow}, Bytes(4096)}}) == "b?, a?");
  // Of a size that the first node does not have.
  guest.blocks[1].length = 3 * mib;
  CHECK(with({{{bios, last}, firmware}, {{1, shadow}, firmware}}) == "b?, a?");
}

TEST_CASE("a node that is known is told from a DIMM of its size") {
  Bytes firmware(4096, 0x90);
  firmware[0] = 0xea;
  LaidOut guest{"pc-q35-9.0", {block("b", 2 * mib), block("a", 2 * mib), block("pc.bios", mib / 4)}};
  guest.tables = srat({{0, 0, 0xa0000}, {0, mib, mib}});
  CHECK(placed(guest) == "b?, a?");
  guest.pages = {{{2, mib / 4 - 4096}, firmware}, {{1, mib - 4096}, firmware}};
  CHECK(placed(guest) == "a+0@0/100000 firmware, a+100000@100000/100000 firmware, b?");
}

TEST_CASE("nodes of one size that nothing tells apart are refused in these words") {
  LaidOut guest{"virt-9.0", {block("b", 4 * mib), block("a", 4 * mib), block("virt.flash0", mib)}};
  guest.trees = {tree_in(1, mib, "linux,dummy-virt", {{0, gib, 4 * mib}, {1, gib + 4 * mib, 4 * mib}})};
  const auto layout = layout_of(guest);
  REQUIRE(layout);
  CHECK(layout->check_whole(guest.blocks).error().found ==
        "NUMA nodes of one size, and nothing that tells which of them it is");
  guest.blocks[0].length = 2 * mib;
  guest.blocks[1].length = mib;
  guest.trees = {tree_in(1, 0, "linux,dummy-virt", {{0, gib, mib}, {1, gib + mib, 2 * mib}}),
                 tree_in(0, 0, "linux,dummy-virt", {{0, gib, 2 * mib}, {1, gib + 2 * mib, mib}})};
  CHECK(layout_of(guest)->check_whole(guest.blocks).error().found ==
        "device trees that contradict each other");
}

TEST_CASE("names of nodes tell nothing against the guest's memory, and where that is not known") {
  const std::vector<Range> ranges{{0, gib, gib}, {1, 2 * gib, gib}, {2, 3 * gib, gib}};
  LaidOut guest{"virt-9.0", {block("mem0", gib), block("mem1", gib), block("mem2", gib)}};
  guest.blocks.push_back(block("virt.flash0", mib));
  const std::string by_name =
      "mem0+0@40000000/40000000 names, mem1+0@80000000/40000000 names, mem2+0@c0000000/40000000 names";
  const auto with = [&guest, &ranges](std::uint32_t in) {
    guest.trees = {tree_in(in, 0, "linux,dummy-virt", ranges)};
    return placed(guest);
  };
  CHECK(with(0) == by_name);
  CHECK(with(2) == "mem0?, mem1?, mem2?");
  CHECK(layout_of(guest)->check_whole(guest.blocks).error().found ==
        "names of blocks that the guest's memory contradicts");
  // The tables have the sizes, and may have lost what contradicts the names.
  guest.trees.clear();
  guest.tables = srat(ranges);
  CHECK(placed(guest) == by_name);
  guest.are_pages_lost = true;
  CHECK(placed(guest) == "mem0?, mem1?, mem2?");
  guest.are_pages_lost = false;
  guest.has_lost_trees = true;
  CHECK(placed(guest) == "mem0?, mem1?, mem2?");
}
