// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --raw: memory in the order of its addresses; and the places that index.json and info
// have.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/device_trees.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t page_size = 4096;

/// A stream with these blocks of two pages each: the first is sent, filled with the block's number from 1 on,
/// the second is not.
Bytes blocks(const std::vector<std::string>& names, const std::string& machine,
             std::uint64_t length = 2 * page_size) {
  NativeBuilder to;
  to.configuration(machine, page_size).ram(1, names, length).part(1);
  for (std::size_t i = 0; i < names.size(); ++i) to.page(names[i], 0, static_cast<std::uint8_t>(i + 1));
  return to.eos().footer(1).ended(1).eof().bytes();
}

int byte_at(const std::filesystem::path& file, std::uint64_t offset) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  return in.get();
}

Ran extract(const Bytes& stream, const std::string& image, const Arguments& more = {}) {
  Arguments arguments{"extract", "-", "--raw", image};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments, stream);
}

}  // namespace

TEST_CASE("extract --raw: byte N is the byte at the address N") {
  const Scratch scratch;
  const std::string image = scratch.path("image");
  const Ran ran = extract(blocks({"mach-virt.ram", "virt.flash0"}, "virt-9.0"), image);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  CHECK(std::filesystem::file_size(image) == 0x40000000 + 2 * page_size);
  CHECK(byte_at(image, 0x40000000) == 1);
  CHECK(byte_at(image, 0x40000000 + page_size) == 0);
  CHECK(byte_at(image, 0) == 0);
  CHECK(ran.error.find("blocks that are not in the image: virt.flash0") != std::string::npos);
  CHECK(ran.error.find("1 pages that the stream does not hold are holes in the image") != std::string::npos);
}

TEST_CASE("extract --raw: RAM goes around the hole") {
  const Scratch scratch;
  const std::string image = scratch.path("image");
  NativeBuilder to;
  to.configuration("pc-q35-9.0", page_size).ram(1, {"pc.ram"}, 0x100001000).part(1);
  to.page("pc.ram", 0x80000000 - page_size, 2).page({}, 0x80000000, 3).page({}, 0x100000000, 4);
  REQUIRE(extract(to.eos().footer(1).ended(1).eof().bytes(), image).code == 0);
  CHECK(byte_at(image, 0x80000000 - 1) == 2);
  CHECK(byte_at(image, 0x80000000) == 0);
  CHECK(byte_at(image, 0x100000000) == 3);
  CHECK(byte_at(image, 0x180000000) == 4);
  CHECK(std::filesystem::file_size(image) == 0x180001000);
}

TEST_CASE("extract --raw: a page that is larger than the address space's is split where RAM is") {
  const Scratch scratch;
  const std::string image = scratch.path("image");
  constexpr std::uint64_t large = 0x10000;
  NativeBuilder to;
  to.configuration("pc-q35-9.0", large).ram(1, {"pc.ram"}, 0x200000).part(1);
  Bytes data(large, 1);
  std::fill(data.begin() + 0x1000, data.end(), std::uint8_t{2});
  to.u64(0x110000 | 0x08).counted("pc.ram").raw(data);
  REQUIRE(extract(to.eos().footer(1).ended(1).eof().bytes(), image, {"--hole", "0x111000:0x200000"}).code ==
          0);
  CHECK(byte_at(image, 0x110fff) == 1);
  CHECK(byte_at(image, 0x111000) == 0);
  CHECK(byte_at(image, 0x200000) == 2);
}

TEST_CASE("extract --raw: nodes and blocks that are told, in whatever order they come") {
  const Scratch scratch;
  const std::string image = scratch.path("image");
  const Bytes stream = blocks({"dimm0", "ram-node1", "ram-node0"}, "pc-q35-9.0");
  const Ran refused = extract(stream, image);
  CHECK(refused.code == 4);
  CHECK(refused.error.find("block \"dimm0\"") != std::string::npos);
  CHECK(refused.error.find("(see --place)") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(image));
  REQUIRE(extract(stream, image, {"--place", "dimm0=0x10000"}).code == 0);
  CHECK(byte_at(image, 0) == 3);
  CHECK(byte_at(image, 2 * page_size) == 2);
  CHECK(byte_at(image, 0x10000) == 1);
}

TEST_CASE("extract --raw: what was written early moves when the clock tells of another place") {
  const Scratch scratch;
  const std::string image = scratch.path("image");
  constexpr std::uint64_t length = 0x88000000;
  NativeBuilder to;
  to.configuration("pc-q35-9.0", page_size).ram(1, {"pc.ram"}, length).part(1);
  // By the board's rule below 2 GiB; the second is then where the first is to go.
  to.page("pc.ram", 0x40000000, 2).page({}, 0x80000000, 3).page({}, 0x1000, 4);
  Bytes cmos(128);
  const auto put16 = [&cmos](std::size_t at, std::uint64_t value) {
    cmos[at] = static_cast<std::uint8_t>(value);
    cmos[at + 1] = static_cast<std::uint8_t>(value >> 8U);
  };
  put16(0x34, (0x40000000 - 0x1000000) / 0x10000);
  put16(0x5b, (length - 0x40000000) / 0x10000);
  to.eos().footer(1).ended(1).device(2, "mc146818rtc", cmos, 0, 3).eof();
  const std::string text =
      R"({"page_size":4096,"devices":[{"name":"mc146818rtc","instance_id":0,"vmsd_name":"mc146818rtc",)"
      R"("version":3,"fields":[{"name":"cmos_data","type":"buffer","size":128}]}]})";
  const Ran ran = extract(to.description(text).bytes(), image);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  CHECK(byte_at(image, 0x1000) == 4);
  CHECK(byte_at(image, 0x40000000) == 0);
  CHECK(byte_at(image, 0x100000000) == 2);
  CHECK(byte_at(image, 0x140000000) == 3);
  CHECK(std::filesystem::file_size(image) == 0x100000000 + length - 0x40000000);
}

TEST_CASE("extract --raw goes with --ram, and not with --elf or into a pipe") {
  const Scratch scratch;
  const Bytes stream = blocks({"pc.ram"}, "pc-q35-9.0");
  REQUIRE(extract(stream, scratch.path("image"), {"--ram", scratch.path("ram")}).code == 0);
  const Json index = Json::parse(as_text(read_file(scratch.path("ram") / "index.json")));
  CHECK(index["blocks"][0]["places"] ==
        Json::array({{{"offset", 0}, {"address", 0}, {"size", 8192}, {"source", "machine"}}}));
  CHECK(index["blocks"][0]["pages"]["never_sent"] == 1);
  CHECK(extract(stream, scratch.path("image"), {"--elf", scratch.path("core")}).code == 2);
  CHECK(extract(stream, "-").code == 2);
  CHECK(extract(stream, scratch.path("ram2/pc.ram"), {"--ram", scratch.path("ram2")}).code == 2);
}

TEST_CASE("info has where RAM is, what told that, and what has no place") {
  const Bytes stream = blocks({"pc.ram", "d0", "d1", "pc.bios"}, "pc-q35-9.0");
  const Ran text = run({"info", "-", "--place", "d1=0x100000000"}, stream);
  REQUIRE(text.code == 0);
  for (const char* line : {"layout       0x000000000000-0x000000001fff  pc.ram at 0x0 (machine)\n",
                           "             0x000100000000-0x000100001fff  d1 at 0x0 (user)\n",
                           "             RAM, address not known (see --place)  d0\n",
                           "             memory of a device  pc.bios\n"}) {
    INFO(text.out);
    CHECK(text.out.find(line) != std::string::npos);
  }
  const Json json = Json::parse(run({"info", "--json", "-"}, stream).out);
  REQUIRE(json["layout"].size() == 1);
  CHECK(json["layout"][0] ==
        Json({{"block", "pc.ram"}, {"offset", 0}, {"address", 0}, {"size", 8192}, {"source", "machine"}}));
  REQUIRE(json["unplaced"].size() == 3);
  CHECK(json["unplaced"][0]["block"] == "d0");
  CHECK(json["unplaced"][0]["ram"] == true);
  CHECK(json["unplaced"][2] == Json({{"block", "pc.bios"}, {"ram", false}}));
  CHECK(run({"info", "-", "--place", "d2=0"}, stream).code == 2);
}

TEST_CASE("extract --raw is of all RAM, and takes no block") {
  const Scratch scratch;
  const Ran ran =
      extract(blocks({"pc.ram", "pc.bios"}, "pc-q35-9.0"), scratch.path("image"), {"--block", "pc.bios"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.error, Catch::Contains("--block excludes --raw"));
  CHECK(scratch.names().empty());
}

TEST_CASE("read takes addresses that are told") {
  const Bytes stream = blocks({"pc.ram", "d0", "d1"}, "pc-q35-9.0");
  const Ran ran = run({"read", "-", "0x100000000", "1", "--raw", "--place", "d1=0x100000000"}, stream);
  INFO(ran.error);
  CHECK(ran.code == 0);
  CHECK(ran.out == "\3");
  // What is known can be read though other blocks are not.
  CHECK(run({"read", "-", "0", "1", "--raw"}, stream).out == "\1");
  CHECK(run({"read", "-", "0x100000000", "1"}, stream).code == 4);
}

TEST_CASE("nodes whose order a device tree in RAM tells have it in each verb") {
  // Two of two pages each; the tree is in the first, which the list has last.
  Bytes tree = tree_of(
      "( #size-cells=00000002 compatible=\"riscv-virtio\" "
      "(memory device_type=\"memory\" numa-node-id=00000000 reg=00000000800000000000000000002000 ) "
      "(memory device_type=\"memory\" numa-node-id=00000001 reg=00000000800020000000000000002000 ) ) .");
  tree.resize(page_size);
  Bytes stream = blocks({"b", "a", "riscv_virt_board.mrom"}, "virt");
  const auto page = std::search_n(stream.begin(), stream.end(), page_size, 2);
  REQUIRE(page != stream.end());
  std::ranges::copy(tree, page);
  const Scratch scratch;
  const std::string image = scratch.path("image");
  const Ran ran = extract(stream, image);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  CHECK(byte_at(image, 0x80000000) == 0xd0);
  CHECK(byte_at(image, 0x80002000) == 1);
  const Ran text = run({"info", "-"}, stream);
  CHECK_THAT(text.out, Catch::Contains("0x000080000000-0x000080001fff  a at 0x0 (device tree)\n"));
  CHECK_THAT(text.out, Catch::Contains("0x000080002000-0x000080003fff  b at 0x0 (device tree)\n"));
  CHECK(run({"read", "-", "0x80002000", "1", "--raw"}, stream).out == "\1");
}

TEST_CASE("device trees are looked for up to the end of a block, however large it claims to be") {
  constexpr std::uint64_t length = ~std::uint64_t{0xfff};
  for (const std::uint64_t last : {length - 0xf000, length - 0xff000}) {
    NativeBuilder to;
    to.configuration("virt", page_size).section(1, 1, "ram", 0, 4).u64(length | 4);
    to.counted("loongarch.bios").u64(0).counted("loongarch.ram").u64(length).eos().footer(1).part(1);
    to.page("loongarch.ram", 0, 1).page("loongarch.ram", last, 1).eos().footer(1).ended(1).eof();
    const Ran ran = run({"read", "-", "0", "16"}, to.bytes());
    INFO(ran.error);
    CHECK(ran.code == 4);
  }
}

TEST_CASE("nodes are not told by their names where a page that may have a device tree can't be read") {
  NativeBuilder to;
  to.configuration("virt", page_size)
      .ram(1, {"mem0", "mem1", "riscv_virt_board.mrom"}, 2 * page_size)
      .part(1);
  to.page("mem0", 0, 1).page("mem1", 0, 2);
  NativeBuilder delta = to;
  const auto info = [](NativeBuilder stream) {
    return run({"info", "-"}, stream.eos().footer(1).ended(1).eof().bytes()).out;
  };
  CHECK_THAT(info(to), Catch::Contains("(names)"));
  delta.xbzrle("mem1", 0, Bytes{0x01, 0x01, 0x05});
  CHECK_THAT(info(delta), !Catch::Contains("(names)"));
  // Nor before all pages came.
  CHECK_THAT(run({"info", "-"}, to.bytes()).out, !Catch::Contains("(names)"));
}
