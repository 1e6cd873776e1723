// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --elf: where the memory of the core is, and of which blocks no core is made.
#include "support/extracted_core.hpp"
#include "support/pc_streams.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace qember;
using namespace qember::test;

namespace {

/// A stream of that machine with such a block, of which the first page is sent.
Bytes one_block(const std::string& machine, const std::string& block, std::uint64_t length) {
  NativeBuilder to = head_of(machine);
  to.ram(1, {block}, length).part(1).page(block, 0, 0x5a);
  return ended(to);
}

/// A stream with these blocks of two pages each, which are all sent.
Bytes blocks(const std::vector<std::string>& names, const std::string& machine = "pc-i440fx-7.2") {
  NativeBuilder to = head_of(machine);
  to.ram(1, names, 2 * page_size).part(1);
  for (std::size_t i = 0; i < names.size(); ++i)
    to.page(names[i], 0, static_cast<std::uint8_t>(i + 1)).zero({}, page_size);
  return ended(to);
}

}  // namespace

TEST_CASE("extract --elf: RAM is split where the board splits it, and lies above the hole") {
  struct Board {
    std::string machine, block;
    std::uint64_t limit, split;
  };
  for (const auto& [machine, block, limit, split] : {Board{"pc-i440fx-7.2", "pc.ram", 0xe0000000, 0xc0000000},
                                                     Board{"pc-q35-9.0", "pc.ram", 0xb0000000, 0x80000000},
                                                     Board{"microvm", "microvm.ram", 0xc0000000, 0xc0000000},
                                                     Board{"isapc", "pc.ram", 0xe0000000, 0xe0000000}}) {
    INFO(machine);
    CHECK(extract(one_block(machine, block, limit - page_size)).loads == in_one(limit - page_size));
    if (limit != split) CHECK(extract(one_block(machine, block, limit)).loads == in_two(limit, split));
    if (limit == split) CHECK(extract(one_block(machine, block, limit)).loads == in_one(limit));
    CHECK(extract(one_block(machine, block, limit + page_size)).loads == in_two(limit + page_size, split));
    CHECK(extract(one_block(machine, block, 3 * four_gib)).loads == in_two(3 * four_gib, split));
  }
}

TEST_CASE("extract --elf: of little RAM, and of a machine that is not named") {
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", 0x100000)).loads == Loads{{memory, 0, 0, 0x100000}});
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", page_size)).loads == Loads{{memory, 0, 0, page_size}});
  CHECK(extract(one_block("", "pc.ram", 0xb0000000 - page_size)).loads == in_one(0xb0000000 - page_size));
  refused(extract(one_block("", "pc.ram", 0xb0000000)), "a stream that does not name it");
  CHECK(extract(one_block("", "pc.ram", 0xb0000000), {"--hole", "0x80000000:0x100000000"}).loads ==
        in_two(0xb0000000, 0x80000000));
  refused(extract(one_block("virt-7.2", "pc.ram", page_size)), "found \"virt-7.2\"");
  CHECK(extract(one_block("virt-7.2", "pc.ram", page_size), {"--hole", "0x80000000:0x100000000"}).ran.code ==
        0);
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", four_gib), {"--hole", "0xa0000000:0x200000000"}).loads ==
        in_two(four_gib, 0xa0000000, 0x200000000));
}

TEST_CASE("extract --elf: memory above the hole is where its address is") {
  // The last page below 4 GiB and the first above it; q35 has 2 GiB below.
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, four_gib).part(1);
  to.page("pc.ram", 0, 1).page({}, 0x100000 - page_size, 2).page({}, 0x100000, 3);
  to.page({}, 0x80000000 - page_size, 4).page({}, 0x80000000, 5).page({}, four_gib - page_size, 6);
  const Scratch scratch;
  const std::string core = scratch.path("core");
  REQUIRE(run({"extract", "-", "--elf", core}, ended(to)).code == 0);
  const auto byte_at = [&core](std::uint64_t offset) {
    const Ran ran = shell("tail -c +" + std::to_string(offset + 1) + " " + core + " | head -c 1");
    return ran.out.empty() ? -1 : static_cast<int>(static_cast<unsigned char>(ran.out[0]));
  };
  CHECK(byte_at(memory) == 1);
  CHECK(byte_at(memory + 0x100000 - 1) == 2);
  CHECK(byte_at(memory + 0x100000) == 3);
  CHECK(byte_at(memory + 0x80000000 - 1) == 4);
  CHECK(byte_at(memory + 0x80000000) == 5);
  CHECK(byte_at(memory + 0x80000000 + page_size) == 0);
  CHECK(byte_at(memory + four_gib - 1) == 6);
  CHECK(std::filesystem::file_size(core) == memory + four_gib);
}

TEST_CASE("extract --elf: nodes of RAM follow one another, whatever their order in the list") {
  for (const std::string prefix : {"", "/objects/"}) {
    const Extracted core =
        extract(blocks({prefix + "ram-node1", prefix + "ram-node0", "pc.bios", prefix + "ram-node2"}));
    INFO(core.ran.error);
    REQUIRE(core.ran.code == 0);
    CHECK(core.loads == Loads{{memory, 0, 0, 6 * page_size}});
    CHECK(core.head[0] == 2);
    CHECK(core.head[2 * page_size] == 1);
    CHECK(core.head[4 * page_size] == 4);
  }
  refused(extract(blocks({"ram-node0", "ram-node2"})), "block \"ram-node0\"");
  CHECK(extract(blocks({"ram-node1"})).ran.code == 0);
  refused(extract(blocks({"ram-node0", "/objects/ram-node0"})), "block \"ram-node0\"");
  for (const std::string name : {"ram-node", "ram-node1x", "xram-node1", "ram-node-1"})
    refused(extract(blocks({"ram-node0", name})), "block \"" + name + "\"");
}

TEST_CASE("extract --elf makes no core that leaves memory out, and names it") {
  for (const std::string name : {"m2", "0000:00:01.0/m1", "dimm0", "/objects/mem1", "pc.ram2", "ram-node0"})
    refused(extract(blocks({"pc.ram", "pc.bios", name})), "block \"" + name + "\"");
  // Memory of devices and firmware are no RAM.
  const std::vector<std::string> devices{"pc.bios",
                                         "pc.rom",
                                         "/rom@etc/acpi/tables",
                                         "0000:00:02.0/vga.vram",
                                         "0000:00:02.0/vga.rom",
                                         "system.flash0",
                                         "system.flash1",
                                         "isa-bios",
                                         "tpm-ppi",
                                         "0000:00:03.0/virtio-net-pci.rom",
                                         "0000:00:02.0/qxl.vrom",
                                         "qxl.vgavram",
                                         "bochs-display-vram",
                                         "0000:00:02.0/vmsvga.fifo"};
  for (const std::string& device : devices) {
    const Extracted core = extract(blocks({"pc.ram", device}));
    INFO(device << ": " << core.ran.error);
    CHECK(core.ran.code == 0);
    CHECK(core.loads == Loads{{memory, 0, 0, 2 * page_size}});
    CHECK(core.ran.error.find("blocks that are not in the core: " + device) != std::string::npos);
    refused(extract(blocks({"pc.ram", device}), {"--block", device}), "block \"" + device + "\"");
  }
  refused(extract(blocks({"mach-virt.ram"})), "block \"mach-virt.ram\"");
}

TEST_CASE("extract --elf --place puts a block where it is told to be") {
  const Bytes stream = blocks({"pc.ram", "dimm0", "dimm1"});
  refused(extract(stream),
          "block \"dimm0\": expected a guest-physical address that is known, found nothing "
          "that tells it (see --place)");
  refused(extract(stream, {"--place", "dimm0=0x100000000"}), "block \"dimm1\"");
  const Extracted told = extract(stream, {"--place", "dimm0=0x200000000", "--place", "dimm1=4294967296"});
  REQUIRE(told.ran.code == 0);
  CHECK(told.loads == Loads{{memory, 0, 0, 2 * page_size},
                            {memory + 2 * page_size, four_gib, four_gib, 2 * page_size},
                            {memory + 4 * page_size, 2 * four_gib, 2 * four_gib, 2 * page_size}});
  CHECK(told.head[2 * page_size] == 3);
  CHECK(told.head[4 * page_size] == 2);
  refused(extract(stream, {"--place", "dimm0=0x100000000", "--place", "dimm1=0x100001000"}), "dimm1", 2);
  refused(extract(stream, {"--place", "dimm2=0x100000000"}), "dimm2", 2);
  refused(extract(stream, {"--place", "dimm0=0xfffffffffffff000"}), "dimm0", 2);
  for (const std::string wrong : {"dimm0", "=4096", "dimm0=", "dimm0=x", "dimm0=18446744073709551616"})
    refused(extract(stream, {"--place", wrong}), "NAME=ADDRESS is expected", 2);
}

TEST_CASE("extract --elf --block takes what is told to be RAM, unless names tell another") {
  const Extracted told = extract(blocks({"m1", "m0", "pc.bios"}), {"--block", "m0", "--block", "m1"});
  REQUIRE(told.ran.code == 0);
  CHECK(told.loads == Loads{{memory, 0, 0, 4 * page_size}});
  CHECK(told.head[0] == 2);
  CHECK(told.head[2 * page_size] == 1);
  const Extracted without = extract(blocks({"pc.ram", "dimm0"}), {"--block", "pc.ram"});
  CHECK(without.ran.code == 0);
  CHECK(without.ran.error.find("blocks that are not in the core: dimm0") != std::string::npos);
  refused(extract(blocks({"pc.ram", "dimm0"}), {"--block", "dimm0"}), "block \"dimm0\"");
  refused(extract(blocks({"pc.ram", "dimm0"}), {"--block", "pc.ram", "--block", "dimm0"}), "block \"dimm0\"");
  const Bytes nodes = blocks({"ram-node0", "ram-node1"});
  CHECK(extract(nodes, {"--block", "ram-node0", "--block", "ram-node1"}).ran.code == 0);
  refused(extract(nodes, {"--block", "ram-node1", "--block", "ram-node0"}), "block \"ram-node1\"");
  refused(extract(nodes, {"--block", "ram-node0"}), "block \"ram-node1\"");
  refused(extract(nodes, {"--block", "ram-node1"}), "block \"ram-node1\"");
  refused(extract(blocks({"m0"}), {"--block", "m0", "--block", "m0"}), "m0", 2);
  refused(extract(blocks({"m0"}), {"--block", "m1"}), "m1", 2);
}

TEST_CASE("extract --elf needs pages of its RAM") {
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"ram-node0", "ram-node1"}, 2 * page_size).part(1).page("ram-node0", 0, 1);
  refused(extract(ended(to)),
          "block \"ram-node1\": expected pages in the stream, found no page of it was sent");
  refused(extract(NativeBuilder().configuration("pc-q35-9.0").eof().bytes()), "found a stream without any");
}
