// SPDX-License-Identifier: LGPL-2.1-or-later
// Where blocks lie, by each of the things that tell it, and what is not certain.
#include "vm/acpi_tables.hpp"
#include "vm/node_order.hpp"

#include <qember/advanced/vm/ram_layout.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::vm;

namespace {

constexpr std::uint64_t mib = 0x100000;
constexpr std::uint64_t gib = 0x40000000;

using Blocks = std::vector<event::RamBlock>;

event::RamBlock block(std::string name, std::uint64_t length) {
  event::RamBlock made;
  made.name = std::move(name);
  made.length = length;
  return made;
}

/// A range of memory as the SRAT has it; `flags`: 1 enabled, 2 hotpluggable, 4 persistent.
struct Range {
  std::uint32_t domain;
  std::uint64_t base, size;
  std::uint32_t flags = 1;
};

void put(Bytes& to, std::uint64_t value, std::size_t size) {
  while (size-- > 0) {
    to.push_back(static_cast<std::uint8_t>(value));
    value >>= 8U;
  }
}

Bytes table(std::string_view signature, const Bytes& contents) {
  Bytes made(signature.begin(), signature.end());
  put(made, 8 + contents.size(), 4);
  made.insert(made.end(), contents.begin(), contents.end());
  return made;
}

Bytes srat(const std::vector<Range>& ranges) {
  Bytes contents(40);  // the rest of the header
  for (const Range& range : ranges) {
    put(contents, 1, 1);
    put(contents, 40, 1);
    put(contents, range.domain, 4);
    put(contents, 0, 2);
    put(contents, range.base, 8);
    put(contents, range.size, 8);
    put(contents, 0, 4);
    put(contents, range.flags, 4);
    put(contents, 0, 8);
  }
  Bytes tables = table("FACS", Bytes(56));
  const Bytes dsdt = table("DSDT", Bytes(100, 'S'));
  const Bytes made = table("SRAT", contents);
  tables.insert(tables.end(), dsdt.begin(), dsdt.end());
  tables.insert(tables.end(), made.begin(), made.end());
  tables.resize(4096);
  return tables;
}

struct Guest {
  std::string machine;
  Blocks blocks;
  Bytes tables = {};
  std::vector<GivenPlace> places = {};
  std::optional<Hole> hole = {};
  std::string domain = {};
  std::vector<std::uint32_t> board = {};
  MemoryDevices devices = {};
  bool has_lost_tables = false;
};

Result<RamLayout> layout_of(Guest guest) {
  if (!guest.tables.empty())
    guest.blocks.push_back(block(std::string(acpi_tables_block), guest.tables.size()));
  if (guest.has_lost_tables) guest.blocks.push_back(block(std::string(acpi_tables_block), mib));
  LayoutFacts facts;
  facts.machine = guest.machine;
  facts.blocks = guest.blocks;
  facts.hole = guest.hole;
  facts.places = guest.places;
  facts.domain = guest.domain;
  facts.board = guest.board;
  facts.devices = [&guest] { return Result<const MemoryDevices*>(&guest.devices); };
  if (!guest.tables.empty())
    facts.tables = [&guest](std::uint64_t offset, MutableBytes to) {
      REQUIRE(offset + to.size() <= guest.tables.size());
      std::copy_n(guest.tables.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
      return Status();
    };
  if (guest.has_lost_tables)
    facts.tables = [](std::uint64_t, MutableBytes) -> Status {
      return Error{Errc::unsupported, 0, std::string(acpi_tables_block), "tables that can be read", "others"};
    };
  return lay_out(facts);
}

/// The CMOS of a PC with that much RAM, as QEMU's pc_cmos_init has it.
void note_clock(MemoryDevices& devices, std::uint64_t below, std::uint64_t above) {
  const std::string text =
      R"({"page_size":4096,"devices":[{"name":"mc146818rtc","instance_id":0,"vmsd_name":"mc146818rtc",)"
      R"("version":3,"fields":[{"name":"cmos_data","type":"buffer","size":128}]}]})";
  const auto description = device::Description::parse(as_bytes(text)).or_throw();
  constexpr std::uint64_t unit = 0x10000;
  Bytes cmos(128);
  const std::uint64_t low = (below - 16 * mib) / unit;
  const std::uint64_t high = above / unit;
  for (std::size_t i = 0; i < 2; ++i) cmos[0x34 + i] = static_cast<std::uint8_t>(low >> 8 * i);
  for (std::size_t i = 0; i < 3; ++i) cmos[0x5b + i] = static_cast<std::uint8_t>(high >> 8 * i);
  devices.note("mc146818rtc", *description.devices().begin(), cmos);
}

/// `NAME+OFFSET@ADDRESS/SIZE SOURCE` of each piece, then `NAME?` of RAM without a place.
std::string placed(const Guest& guest) {
  const auto layout = layout_of(guest);
  if (!layout) return std::string(name_of(layout.error().code)) + ": " + layout.error().path;
  std::string text;
  const auto add = [&text](const std::string& each) { text += (text.empty() ? "" : ", ") + each; };
  for (const PlacedRam& piece : layout->placed)
    add(fmt::format("{}+{:x}@{:x}/{:x} {}", guest.blocks[piece.block].name, piece.offset, piece.address,
                    piece.size, name_of(piece.source)));
  for (const UnplacedRam& each : layout->unplaced)
    if (each.is_ram) add(guest.blocks[each.block].name + "?");
  const bool is_whole = text.find('?') == std::string::npos;
  CHECK(static_cast<bool>(layout->check_whole(guest.blocks)) == is_whole);
  return text;
}

}  // namespace

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
  CHECK(placed({"malta", {block("mips_malta.ram", mib)}}) == "mips_malta.ram?");
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
        "b+0@0/100000 machine, b+100000@100000/100000 machine, a+0@200000/100000 machine");
  // Of one size, or of others than the table has.
  CHECK(placed({"pc-q35-9.0", {block("a", mib), block("b", mib)}, srat(ranges)}) == "a?, b?");
  CHECK(placed({"pc-q35-9.0", {block("a", mib), block("b", 3 * mib)}, srat(ranges)}) == "a?, b?");
  CHECK(placed({"pc-q35-9.0", {block("ram-node0", mib), block("ram-node2", mib)}}) ==
        "ram-node0?, ram-node2?");
  CHECK(placed({"virt",
                {block("b", 2 * mib), block("a", mib), block("riscv_virt_board.mrom", mib)},
                srat({{0, 0x80000000, mib}, {1, 0x80100000, 2 * mib}})}) ==
        "a+0@80000000/100000 machine, b+0@80100000/200000 machine");
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
  Guest guest{"pc-q35-9.0", {block("pc.ram", 2 * gib + 50 * mib)}};
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
  const auto with_lost_tables = [](Guest guest) {
    guest.has_lost_tables = true;
    return placed(guest);
  };
  CHECK(with_lost_tables({"pc-q35-9.0", {block("pc.ram", gib)}})
            .ends_with("pc.ram+100000@100000/3ff00000 machine"));
  CHECK(with_lost_tables({"pc-q35-9.0", {block("pc.ram", 3 * gib)}}) == "pc.ram?");
  CHECK(with_lost_tables(
            {"virt", {block("mem1", mib), block("mem0", mib), block("riscv_virt_board.mrom", mib)}}) ==
        "mem1?, mem0?");
  Guest told{"pc-q35-9.0", {block("pc.ram", 3 * gib)}};
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
  const Guest guest{"pc-q35-9.0", {block("pc.ram", mib), block("d0", mib), block("d1", mib)}};
  const auto with = [&guest](std::vector<GivenPlace> places) {
    Guest told = guest;
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
  CHECK(placed({"malta", {block("r", mib)}, {}, {{"r", 0}}}) == "r+0@0/100000 user");
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
  Guest guest{"pc-q35-9.0", {}};
  for (int i = 0; i < 16384; ++i) guest.blocks.push_back(block("ram-node" + std::to_string(i), 4096));
  const auto layout = layout_of(guest);
  REQUIRE(layout);
  CHECK(layout->placed.size() == 16384);
}
