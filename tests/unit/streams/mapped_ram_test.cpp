// SPDX-License-Identifier: LGPL-2.1-or-later
// mapped-ram with x-ignore-shared: blocks of shared memory stand in the list and are left out of the file.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/native_builder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t page = 4096;

/// A file whose blocks are of two pages, of which the second one is there; `left_out`: those that are not in
/// it. `device`: a section behind them.
Bytes mapped(const std::vector<std::string>& blocks, const std::vector<bool>& left_out, bool shared = true) {
  NativeBuilder to;
  to.configuration("microvm", page).u8(5).counted("configuration/capabilities").u32(1).u32(shared ? 2 : 1);
  to.counted("mapped-ram");
  if (shared) to.counted("x-ignore-shared");
  to.section(1, 1, "ram", 0, 4).u64(blocks.size() * 2 * page | 4);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    to.counted(blocks[i]).u64(2 * page);
    if (shared) to.u64(i << 32U);
    to.u32(1).u64(page);
    if (left_out[i]) {
      to.u64(0).u64(0);
      continue;
    }
    const std::uint64_t bitmap = to.size() + 16;
    to.u64(bitmap).u64(bitmap + 8).raw(Bytes{2, 0, 0, 0, 0, 0, 0, 0});
    to.fill(page, 0).fill(page, static_cast<std::uint8_t>(i + 1));
  }
  return to.eos().footer(1).ended(1).device(2, "dev", Bytes(3, 7)).eof().bytes();
}

}  // namespace

TEST_CASE("mapped-ram: shared blocks are left out at any place, and the stream comes back") {
  for (const std::vector<bool>& left_out : {std::vector<bool>{true, false, false},
                                            {false, true, false},
                                            {false, false, true},
                                            {true, true, false},
                                            {false, true, true},
                                            {true, true, true},
                                            {false, false, false}}) {
    const Bytes native = mapped({"a", "b", "c"}, left_out);
    CHECK(findings(native).empty());
    for (const bool der : {false, true}) {
      const Converted ber = encode(native, whole(), {.der = der});
      REQUIRE_FALSE(ber.error);
      CHECK(findings(ber.out).empty());
      const Converted back = decode(ber.out);
      CHECK(verdict(back) == "accepted");
      CHECK((back.out == native));
    }
  }
}

TEST_CASE("mapped-ram: offsets of 0 leave a block out under x-ignore-shared alone, and both of them") {
  const auto found = findings(mapped({"a"}, {true}, false));
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == Errc::unsupported);
  CHECK(found[0].path == "QEVM.section[0].block[0]");
  for (const std::size_t field : {16, 8}) {  // before the end mark of RAM
    Bytes one = mapped({"a"}, {true});
    const Bytes wanted{0, 0, 0, 0, 0, 0, 0, 0x10, 0x7e, 0, 0, 0, 1};
    const auto eos = std::search(one.begin(), one.end(), wanted.begin(), wanted.end());
    *(eos - static_cast<std::ptrdiff_t>(field) + 7) = 1;
    REQUIRE(findings(one).size() == 1);
    CHECK(findings(one)[0].code == Errc::unsupported);
  }
}

TEST_CASE("mapped-ram: BER has no page, bitmap or anything else of a block that is left out") {
  // The note on a page's block is its place in the list: that of the second block becomes the first one's.
  const Bytes ber = encode(mapped({"a", "b"}, {true, false})).out;
  int refused = 0;
  for (std::size_t at = 0; at + 3 <= ber.size(); ++at) {
    if (ber[at] != 0x02 || ber[at + 1] != 1 || ber[at + 2] != 1) continue;
    Bytes changed = ber;
    changed[at + 2] = 0;
    const Converted back = decode(changed);
    // Whatever is accepted is sound natively.
    if (!back.error) CHECK(encode(back.out).error == std::nullopt);
    refused += back.error ? 1 : 0;
  }
  CHECK(refused != 0);
  Bytes named = ber;
  // Page records name their block.
  const Bytes begin{0x30, 0x80, 0x0c, 0x01, 'b'};
  auto last = std::find_end(named.begin(), named.end(), begin.begin(), begin.end());
  REQUIRE(last != named.end());
  *(last + 4) = 'a';
  REQUIRE(decode(named).error);
}

TEST_CASE(
    "mapped-ram: extract writes what is there, names shared blocks and fails; so it is of no ELF core") {
  const Scratch scratch;
  const Bytes native = mapped({"m", "pc.bios", "n"}, {true, false, true});
  for (const Bytes& stream : {native, encode(native).out}) {
    const std::string file = scratch.file("vm", stream);
    const Ran ran = run({"extract", file, "--ram", scratch.path("ram"), "--force"});
    CHECK(ran.code == 4);
    const std::string reason = "shared memory that was not sent (x-ignore-shared)";
    CHECK(ran.error == "qember: " + file + ":0: block \"m\": expected pages in the stream, found " + reason +
                           "\nqember: " + file + ":0: block \"n\": expected pages in the stream, found " +
                           reason + "\n");
    const Bytes bios = read_file(scratch.path("ram") / "pc.bios");
    REQUIRE(bios.size() == 2 * page);
    CHECK(bios[0] == 0);
    CHECK(bios[page] == 2);
    CHECK_FALSE(std::filesystem::exists(scratch.path("ram") / "m"));
    const Bytes text = read_file(scratch.path("ram") / "index.json");
    const Json index = Json::parse(text.begin(), text.end());
    CHECK(index["blocks"][0]["file"].is_null());
    CHECK(index["blocks"][0]["absent"] == reason);
    CHECK(index["blocks"][0]["pages"]["never_sent"] == 2);
    CHECK(index["blocks"][0]["pages"]["zero"] == 0);
    CHECK(index["blocks"][1]["file"] == "pc.bios");
    CHECK(index["blocks"][1]["pages"]["zero"] == 1);
    CHECK(index["blocks"][1]["pages"]["data"] == 1);
    CHECK(run({"extract", file, "--ram", scratch.path("one"), "--block", "pc.bios", "--force"}).code == 0);
    CHECK(run({"extract", file, "--ram", scratch.path("none"), "--block", "m"}).code == 4);
    CHECK_FALSE(std::filesystem::exists(scratch.path("none")));
    CHECK(run({"extract", file, "--elf", scratch.path("core"), "--block", "m"}).code == 4);
    CHECK_FALSE(std::filesystem::exists(scratch.path("core")));
    const Ran map = run({"map", file});
    CHECK(map.code == 0);
    CHECK(map.out.find("pages: never sent") != std::string::npos);
    CHECK(map.out.find("pages: 1 full, 1 zero\n") != std::string::npos);
    CHECK(run({"info", file}).code == 0);
    CHECK(run({"show", file}).code == 0);
    CHECK(run({"diff", file, file}).code == 0);
  }
  // Where nothing is there, nothing is written.
  const std::string file = scratch.file("all", mapped({"m"}, {true}));
  CHECK(run({"extract", file, "--ram", scratch.path("all-out")}).code == 4);
  CHECK_FALSE(std::filesystem::exists(scratch.path("all-out")));
}
