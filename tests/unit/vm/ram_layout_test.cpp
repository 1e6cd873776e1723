// SPDX-License-Identifier: LGPL-2.1-or-later
// Where blocks lie, by each of the things that tell it, and what is not certain.
#include "support/ram_layouts.hpp"
#include "vm/acpi_tables.hpp"
#include "vm/node_order.hpp"

using namespace qember;
using namespace qember::test;

TEST_CASE("boards with RAM in one block") {
  CHECK(placed({"pc-q35-9.0", {block("pc.ram", 5 * gib)}}) ==
        "pc.ram+0@0/100000 machine, pc.ram+100000@100000/7ff00000 machine, "
        "pc.ram+80000000@100000000/c0000000 machine");
  CHECK(placed({"virt-7.2", {block("mach-virt.ram", gib)}}) == "mach-virt.ram+0@40000000/40000000 machine");
  CHECK(placed({"virt", {block("riscv_virt_board.ram", gib)}}) ==
        "riscv_virt_board.ram+0@80000000/40000000 machine");
  CHECK(placed({"s390-ccw-virtio-9.0", {block("s390.ram", gib)}}) == "s390.ram+0@0/40000000 machine");
  CHECK(placed({"pseries-9.0", {block("ppc_spapr.ram", gib)}}) == "ppc_spapr.ram+0@0/40000000 machine");
  CHECK(placed({"sbsa-ref", {block("sbsa-ref.ram", gib), block("sbsa-ref.secure-ram", mib)}}) ==
        "sbsa-ref.ram+0@10000000000/40000000 machine");
  CHECK(placed({"raspi3b", {block("ram", gib)}}) == "ram+0@0/40000000 machine");
}

TEST_CASE("malta has its first 256 MiB at 0, and the rest where all of it is again") {
  const auto malta = [](std::uint64_t ram) {
    return placed({"malta", {block("mips_malta.ram", ram), block("mips_malta.bios", 4 * mib)}});
  };
  CHECK(malta(64 * mib) == "mips_malta.ram+0@0/4000000 machine");
  CHECK(malta(256 * mib) == "mips_malta.ram+0@0/10000000 machine");
  CHECK(malta(gib) ==
        "mips_malta.ram+0@0/10000000 machine, mips_malta.ram+10000000@90000000/30000000 machine");
  CHECK(malta(~std::uint64_t{0} - 4095) == "mips_malta.ram?");
}

TEST_CASE("a backend of any name is the board's RAM where it is all there is") {
  CHECK(placed({"pc-q35-9.0", {block("mem0", mib)}}) == "mem0+0@0/100000 machine");
  CHECK(placed({"virt-9.0", {block("/objects/ram0", mib), block("virt.flash0", mib)}}) ==
        "/objects/ram0+0@40000000/100000 machine");
  // Not what another board calls its own.
  CHECK(placed({"pc-q35-9.0", {block("mach-virt.ram", mib)}}) == "mach-virt.ram?");
}

TEST_CASE("boards of one name are told apart by their firmware, and others are not known") {
  CHECK(placed({"virt", {block("m", mib), block("riscv_virt_board.mrom", mib)}}) ==
        "m+0@80000000/100000 machine");
  CHECK(placed({"virt-7.2", {block("m", mib)}}) == "m?");
  CHECK(placed({"magnum", {block("mips_jazz.ram", mib)}}) == "mips_jazz.ram?");
  CHECK(placed({"pc-q35", {block("pc.ram", mib)}}) == "pc.ram?");
  CHECK(placed({"", {block("m", mib)}}) == "m?");
  CHECK(placed({"", {block("s390.ram", mib)}}) == "s390.ram+0@0/100000 machine");
  // What anyone may call theirs tells no board.
  CHECK(placed({"", {block("ram", mib)}}) == "ram?");
}

TEST_CASE("nodes follow one another by libvirt's names, or by the sizes in the SRAT") {
  CHECK(placed({"pc-q35-9.0", {block("ram-node1", mib), block("/objects/ram-node0", mib)}}) ==
        "/objects/ram-node0+0@0/100000 machine, ram-node1+0@100000/100000 machine");
  const std::vector<Range> ranges{{0, 0, 0xa0000}, {0, mib, mib}, {1, 2 * mib, mib}};
  CHECK(placed({"pc-q35-9.0", {block("a", mib), block("b", 2 * mib)}, srat(ranges)}) ==
        "b+0@0/100000 tables, b+100000@100000/100000 tables, a+0@200000/100000 tables");
  // Of one size, or of others than the table has.
  CHECK(placed({"pc-q35-9.0", {block("a", mib), block("b", mib)}, srat(ranges)}) == "a?, b?");
  CHECK(placed({"pc-q35-9.0", {block("a", mib), block("b", 3 * mib)}, srat(ranges)}) == "a?, b?");
  CHECK(placed({"pc-q35-9.0", {block("ram-node0", mib), block("ram-node2", mib)}}) ==
        "ram-node0?, ram-node2?");
  CHECK(placed({"virt",
                {block("b", 2 * mib), block("a", mib), block("riscv_virt_board.mrom", mib)},
                srat({{0, 0x80000000, mib}, {1, 0x80100000, 2 * mib}})}) ==
        "a+0@80000000/100000 tables, b+0@80100000/200000 tables");
}

TEST_CASE("numbers in names are an order where there can be no DIMM") {
  const Blocks nodes{block("mem1", mib), block("mem0", mib), block("riscv_virt_board.mrom", mib)};
  CHECK(placed({"virt", nodes}) == "mem0+0@80000000/100000 names, mem1+0@80100000/100000 names");
  // Whether there is one no device says here.
  CHECK(placed({"pc-q35-9.0", {block("mem1", mib), block("mem0", mib)}}) == "mem1?, mem0?");
}

TEST_CASE("persistent memory is where the SRAT has it") {
  const std::vector<Range> ranges{
      {0, 0, 0xa0000}, {0, mib, mib}, {0, 0x100000000, 4 * mib, 5}, {0, 0x100000000, gib, 3}};
  CHECK(placed({"pc-i440fx-9.0", {block("pc.ram", 2 * mib), block("nv", 4 * mib)}, srat(ranges)}) ==
        "pc.ram+0@0/100000 machine, pc.ram+100000@100000/100000 machine, nv+0@100000000/400000 tables");
  CHECK(placed({"pc-i440fx-9.0", {block("pc.ram", 2 * mib), block("nv", 2 * mib)}, srat(ranges)}) ==
        "pc.ram+0@0/100000 machine, pc.ram+100000@100000/100000 machine, nv?");
  CHECK(placed({"pc-i440fx-9.0",
                {block("pc.ram", 2 * mib), block("nv", 4 * mib), block("other", 4 * mib)},
                srat(ranges)})
            .ends_with("nv?, other?"));
}

TEST_CASE("a table has where a PC's RAM goes around, whatever its size") {
  const Blocks blocks{block("pc.ram", 3 * gib)};
  CHECK(placed({"pc-q35-9.0", blocks,
                srat({{0, 0, 0xa0000}, {0, mib, gib - mib}, {0, 0x100000000, 2 * gib}})}) ==
        "pc.ram+0@0/100000 tables, pc.ram+100000@100000/3ff00000 tables, "
        "pc.ram+40000000@100000000/80000000 tables");
  // Of another sum, and beyond all addresses: the board's rule.
  for (const Range& lie : {Range{0, 0x100000000, 3 * gib}, Range{0, ~std::uint64_t{0}, 2 * gib}})
    CHECK(placed({"pc-q35-9.0", blocks, srat({{0, 0, 0xa0000}, {0, mib, gib - mib}, lie})}) ==
          "pc.ram+0@0/100000 machine, pc.ram+100000@100000/7ff00000 machine, "
          "pc.ram+80000000@100000000/40000000 machine");
  CHECK(placed({"pc-q35-9.0", {block("pc.ram", 1024 * gib)}}) == "pc.ram?");
  CHECK(placed({"pc-q35-9.0", {block("pc.ram", 980 * gib)}}) == "pc.ram?");
  CHECK(placed({"pc-q35-9.0", {block("pc.ram", 1024 * gib)}, {}, {}, Hole{0x80000000, 0x10000000000}}) ==
        "pc.ram+0@0/100000 user, pc.ram+100000@100000/7ff00000 user, "
        "pc.ram+80000000@10000000000/ff80000000 user");
}

TEST_CASE("the clock's memory has how a PC's RAM is split, whatever its board does") {
  LaidOut guest{"pc-q35-9.0", {block("pc.ram", 2 * gib + 50 * mib)}};
  note_clock(guest.devices, gib, gib + 50 * mib);  // max-ram-below-4g=1G
  CHECK(placed(guest) ==
        "pc.ram+0@0/100000 stream, pc.ram+100000@100000/3ff00000 stream, "
        "pc.ram+40000000@100000000/43200000 stream");
  // As the board has it.
  const std::string by_rule = "pc.ram+0@0/100000 machine, pc.ram+100000@100000/83100000 machine";
  guest.devices = {};
  note_clock(guest.devices, 2 * gib + 50 * mib, 0);
  CHECK(placed(guest) == by_rule);
  // Of another size: what it says is of no use.
  guest.devices = {};
  note_clock(guest.devices, gib, gib);
  CHECK(placed(guest) == by_rule);
  guest.hole = Hole{0x60000000, 0x100000000};
  CHECK(placed(guest).ends_with("pc.ram+60000000@100000000/23200000 user"));
}

TEST_CASE("tables that are there and can't be read leave nothing certain that they would tell") {
  const auto with_lost_tables = [](LaidOut guest) {
    guest.has_lost_tables = true;
    return placed(guest);
  };
  CHECK(with_lost_tables({"pc-q35-9.0", {block("pc.ram", gib)}})
            .ends_with("pc.ram+100000@100000/3ff00000 machine"));
  CHECK(with_lost_tables({"pc-q35-9.0", {block("pc.ram", 3 * gib)}}) == "pc.ram?");
  CHECK(with_lost_tables(
            {"virt", {block("mem1", mib), block("mem0", mib), block("riscv_virt_board.mrom", mib)}}) ==
        "mem1?, mem0?");
  LaidOut told{"pc-q35-9.0", {block("pc.ram", 3 * gib)}};
  note_clock(told.devices, 2 * gib, gib);
  CHECK(with_lost_tables(told).ends_with("pc.ram+80000000@100000000/40000000 machine"));
}

TEST_CASE("what the SRAT has is where RAM is, on boards whose version moves it") {
  const Blocks blocks{block("loongarch.ram", 2 * gib), block("loongarch.bios", mib)};
  CHECK(placed({"virt", blocks, srat({{0, 0, 0x10000000}, {0, 0x90000000, 2 * gib - 0x10000000}})}) ==
        "loongarch.ram+0@0/10000000 tables, loongarch.ram+10000000@90000000/70000000 tables");
  CHECK(placed({"virt", blocks, srat({{0, 0, 0x10000000}})}) == "loongarch.ram?");
  CHECK(placed({"virt", blocks}) == "loongarch.ram?");
  CHECK(placed({"virt", blocks, srat({{0, ~std::uint64_t{0}, 2 * gib}})}) == "loongarch.ram?");
  LaidOut guest{"virt", blocks};
  const RamTree sound =
      tree_in(0, mib, "linux,dummy-loongson3", {{0, 0, 0x10000000}, {0, 0x80000000, 2 * gib - 0x10000000}});
  guest.trees = {sound};
  CHECK(placed(guest) ==
        "loongarch.ram+0@0/10000000 device tree, loongarch.ram+10000000@80000000/70000000 device tree");
  guest.trees.push_back(tree_in(0, 2 * mib, "linux,dummy-loongson3",
                                {{0, 0, 0x10000000}, {0, 0x90000000, 2 * gib - 0x10000000}}));
  CHECK(placed(guest) == "loongarch.ram?");
}

TEST_CASE("a domain's XML has the address of memory that is plugged in") {
  const Blocks blocks{block("pc.ram", mib), block("memdimm0", mib), block("/objects/memnvdimm1", mib)};
  const std::string xml =
      "<domain><memory unit='KiB'>1024</memory><devices><memory model='dimm'><alias name='dimm0'/>"
      "<address type='dimm' slot='0' base='0x200000000'/></memory><memory model=\"nvdimm\">"
      "<address type='dimm' slot='1' base='0x100000000'/></memory></devices></domain>";
  CHECK(placed({"pc-q35-9.0", blocks, {}, {}, {}, xml}) ==
        "pc.ram+0@0/100000 machine, /objects/memnvdimm1+0@100000000/100000 domain, "
        "memdimm0+0@200000000/100000 domain");
  for (const std::string base : {"0xfffffffffffff000", "", "x", "0x1ffffffffffffffff", "0x200000001x"}) {
    std::string lie = xml;
    lie.replace(lie.find("0x200000000"), 11, base);
    CHECK(placed({"pc-q35-9.0", blocks, {}, {}, {}, lie}).find("memdimm0?") != std::string::npos);
  }
}

TEST_CASE("places that are told count, unless they can't be") {
  const LaidOut guest{"pc-q35-9.0", {block("pc.ram", mib), block("d0", mib), block("d1", mib)}};
  const auto with = [&guest](std::vector<GivenPlace> places) {
    LaidOut told = guest;
    told.places = std::move(places);
    return placed(told);
  };
  CHECK(with({}) == "pc.ram+0@0/100000 machine, d0?, d1?");
  CHECK(with({{"d1", 0x100000000}, {"d0", 0x200000000}}) ==
        "pc.ram+0@0/100000 machine, d1+0@100000000/100000 user, d0+0@200000000/100000 user");
  CHECK(with({{"d1", 0x100000000}}) == "pc.ram+0@0/100000 machine, d1+0@100000000/100000 user, d0?");
  CHECK(with({{"d2", 0}}) == "usage: block \"d2\"");
  CHECK(with({{"d0", 0x1001}}) == "usage: block \"d0\"");
  CHECK(with({{"d0", mib}, {"d0", 2 * mib}}) == "usage: block \"d0\"");
  CHECK(with({{"d0", 4 * mib}, {"d1", 5 * mib - 4096}}) == "usage: block \"d1\"");
  CHECK(with({{"d0", 4 * mib}, {"d1", 3 * mib + 4096}}) == "usage: block \"d1\"");
  CHECK(with({{"d0", most_address - mib + 4096}}) == "usage: block \"d0\"");
  CHECK(with({{"d0", ~std::uint64_t{0} - 4095}}) == "usage: block \"d0\"");
  // Over the board's RAM: which of the two is there is not known.
  CHECK(with({{"d0", 0x80000}, {"d1", 0x100000000}}) ==
        "d0+0@80000/100000 user, d1+0@100000000/100000 user, pc.ram?");
  CHECK(placed({"pc-q35-9.0", {block("pc.ram", mib), block("d0", mib)}, {}, {{"d0", gib}}, {}, {}, {1}}) ==
        "usage: block \"d0\"");
  // The board's RAM itself.
  CHECK(placed({"magnum", {block("r", mib)}, {}, {{"r", 0}}}) == "r+0@0/100000 user");
}

TEST_CASE("RAM that no address reaches has no place") {
  const std::uint64_t most = ~std::uint64_t{0} - 4095;
  for (const std::string machine : {"pc-q35-9.0", "virt-7.2", "s390-ccw-virtio-9.0", "pseries-9.0"}) {
    const std::string ram = machine[0] == 'p' && machine[1] == 'c' ? "pc.ram"
                            : machine[0] == 'v'                    ? "mach-virt.ram"
                            : machine[0] == 's'                    ? "s390.ram"
                                                                   : "ppc_spapr.ram";
    CHECK(placed({machine, {block(ram, most)}}) == ram + "?");
  }
  CHECK(placed({"s390-ccw-virtio-9.0", {block("s390.ram", 0)}}) == "");
}

TEST_CASE("ACPI tables that lie say nothing") {
  const auto ranges_of = [](const Bytes& tables) {
    const auto found = read_memory_affinity(tables.size(), [&](std::uint64_t offset, MutableBytes to) {
      REQUIRE(offset <= tables.size());
      REQUIRE(to.size() <= tables.size() - offset);
      std::copy_n(tables.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
      return Status();
    });
    REQUIRE(found);
    return found->size();
  };
  const Bytes sound = srat({{0, 0, mib}, {1, mib, mib}, {2, 2 * mib, mib, 0}});
  CHECK(ranges_of(sound) == 2);
  const std::size_t at = 64 + 108;  // of the SRAT
  for (const auto& [offset, value] :
       {std::pair<std::size_t, std::uint8_t>{4, 0},  // a length of a table: none
        {5, 0xff},                                   // beyond the end
        {at + 4, 60},                                // ends in a structure
        {at + 7, 0xff},                              // more than there is
        {at + 49, 0},                                // a structure without bytes
        {at + 49, 1},
        {at + 49, 0xff}}) {
    Bytes lie = sound;
    lie[offset] = value;
    INFO(offset << ": " << int{value});
    CHECK(ranges_of(lie) == 0);
  }
  for (std::size_t size = 0; size < sound.size(); size += 7)
    ranges_of(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)));
}

TEST_CASE("numbers at the end of names") {
  CHECK(numbered_name("/objects/ram-node12")->number == 12);
  CHECK(numbered_name("a/b/mem0")->prefix == "mem");
  for (const std::string_view name : {"mem", "mem00", "mem01", "", "mem99999999999", "0x"})
    CHECK_FALSE(numbered_name(name));
}

TEST_CASE("a stream of many blocks is laid out in no time") {
  LaidOut guest{"pc-q35-9.0", {}};
  for (int i = 0; i < 16384; ++i) guest.blocks.push_back(block("ram-node" + std::to_string(i), 4096));
  const auto layout = layout_of(guest);
  REQUIRE(layout);
  CHECK(layout->placed.size() == 16384);
}
