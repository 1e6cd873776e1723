// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's diff: what two guests hold, however it was sent.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

Ran diff(ByteView a, ByteView b, const Arguments& options = {}) {
  const Scratch scratch;
  Arguments arguments{"diff", scratch.file("a", a), scratch.file("b", b)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run(arguments);
}

std::vector<Json> records(ByteView a, ByteView b) {
  const Ran ran = diff(a, b, {"--json"});
  INFO(ran.error);
  REQUIRE(ran.code == 1);
  std::vector<Json> found;
  std::istringstream in(ran.out);
  for (std::string line; std::getline(in, line);) found.push_back(Json::parse(line));
  return found;
}

/// A guest of one block of 64 pages of 1024 bytes.
class Guest {
 public:
  Guest() {
    to_.page_size = 1024;
    to_.configuration("tiny-1.0").u8(5).counted("configuration/target-page-bits").u32(1).u32(10);
    to_.ram(2, {"pc.ram"}, 0x10000).part(2).page("pc.ram", 0xfc00, 5);
  }
  NativeBuilder& ram() { return to_; }
  Bytes with(ByteView state = dev_state()) {
    to_.eos().footer(2).end(2).eos().footer(2);
    to_.device(7, "dev", state, 0, 2).device(0, "old", old_state(), 3);
    return to_.eof().description(small_description()).bytes();
  }

 private:
  NativeBuilder to_;
};

}  // namespace

TEST_CASE("diff finds no difference between the forms of a stream") {
  for (const auto& path : real_streams()) {
    INFO(path);
    const Bytes native = load(path);
    const Ran ran = diff(native, encode(native).out);
    CHECK(ran.out.empty());
    // Memory that went over other connections can't be compared.
    CHECK(ran.code == (path.filename().string().starts_with("f-multifd") ? 4 : 0));
  }
}

TEST_CASE("diff compares what pages hold in the end") {
  Guest once;
  once.ram().page("pc.ram", 0, 1).page({}, 0x400, 2).zero({}, 0x800);
  const Bytes a = once.with();
  Guest often;
  // Sent again, zeroes sent as a page, and a page that became zero.
  often.ram().page("pc.ram", 0, 9).page({}, 0, 1).page({}, 0x400, 2).page({}, 0x800, 3).page({}, 0x800, 0);
  CHECK(diff(a, often.with()).code == 0);
}

TEST_CASE("diff applies deltas, of files and of pipes") {
  const Bytes delta{0, 1, 7, 2, 1, 8};  // byte 0 becomes 7, byte 3 becomes 8
  Guest by_delta;
  by_delta.ram().page("pc.ram", 0, 1).xbzrle({}, 0, delta).zero({}, 0x400).xbzrle({}, 0x400, delta);
  const Bytes a = by_delta.with();
  const auto page = [](std::uint8_t fill) {
    Bytes bytes(1024, fill);
    bytes[0] = 7;
    bytes[3] = 8;
    return bytes;
  };
  Guest in_full;
  in_full.ram().u64(8).counted("pc.ram").raw(page(1)).u64(0x428).raw(page(0));
  const Scratch scratch;
  const Bytes b = in_full.with();
  CHECK(diff(a, b).code == 0);
  CHECK(run({"diff", "-", scratch.file("b", b)}, a).code == 0);
  CHECK(run({"diff", "-", scratch.file("b", b)}, encode(a).out).code == 0);
  Guest other;
  other.ram().page("pc.ram", 0, 1).zero({}, 0x400).xbzrle({}, 0x400, delta);
  const auto changes = records(a, other.with());
  REQUIRE(changes.size() == 1);
  CHECK(changes[0] == Json::parse(R"({"record": "pages", "block": "pc.ram", "address": 0, "pages": 1,
                                      "page_size": 1024, "change": "changed"})"));
}

TEST_CASE("diff tells how pages differ, by range") {
  Guest one;
  one.ram().page("pc.ram", 0, 1).page({}, 0x400, 2).zero({}, 0x800).page({}, 0xc00, 3).page({}, 0x2000, 4);
  Guest other;
  other.ram().page("pc.ram", 0, 9).page({}, 0x400, 9).page({}, 0x800, 9).zero({}, 0xc00).zero({}, 0x4000);
  std::vector<std::string> told;
  for (const Json& each : records(one.with(), other.with()))
    told.push_back(each["address"].dump() + "+" + each["pages"].dump() + " " +
                   each["change"].get<std::string>());
  CHECK(told == std::vector<std::string>{"0+2 changed", "2048+1 zero_to_data", "3072+1 data_to_zero",
                                         "8192+1 only_in_a", "16384+1 only_in_b"});
}

TEST_CASE("diff names the fields that differ") {
  Bytes state = dev_state();
  state[1] = 0x81;                 // level
  state[16] = 0x70;                // regs[1]
  state[state.size() - 1] = 0x00;  // t in the subsection
  const auto changes = records(Guest().with(), Guest().with(state));
  REQUIRE(changes.size() == 4);
  CHECK(changes[0]["record"] == "section");
  CHECK(changes[0]["fields"] == 3);
  CHECK(changes[1]["path"] == "level");
  CHECK(changes[1]["a"]["value"] == 0x80);
  CHECK(changes[1]["b"]["value"] == 0x81);
  CHECK(changes[2]["path"] == "regs[1]");
  CHECK(changes[3]["path"] == "dev/sub.t");
}

TEST_CASE("diff for people is short") {
  Bytes state = dev_state();
  state[1] = 0x81;
  const Ran ran = diff(Guest().with(), Guest().with(state));
  CHECK(ran.code == 1);
  CHECK(ran.out == "dev/0\n  level  128 (0x80) → 129 (0x81)\n");
}

TEST_CASE("diff names sections that one guest alone has, and facts of the configuration") {
  NativeBuilder to;
  to.page_size = 1024;
  to.configuration("tiny-2.0").u8(5).counted("configuration/target-page-bits").u32(1).u32(10);
  to.ram(2, {"pc.ram"}, 0x20000).end(2).page("pc.ram", 0, 1).eos().footer(2);
  const Bytes other = to.device(7, "new", Bytes{1}).eof().bytes();
  const auto changes = records(Guest().with(), other);
  CHECK(changes[0] ==
        Json::parse(R"({"record": "configuration", "name": "machine", "a": "tiny-1.0", "b": "tiny-2.0"})"));
  CHECK(std::ranges::any_of(
      changes, [](const Json& each) { return each.value("name", "") == "new" && each["a"].is_null(); }));
  CHECK(std::ranges::any_of(
      changes, [](const Json& each) { return each.value("name", "") == "dev" && each["b"].is_null(); }));
  CHECK(std::ranges::any_of(
      changes, [](const Json& each) { return each["record"] == "block" && each["b"] == 0x20000; }));
}

TEST_CASE("diff --names names each thing that differs once, as other verbs take it") {
  NativeBuilder to;
  to.page_size = 1024;
  to.configuration("tiny-2.0").u8(5).counted("configuration/target-page-bits").u32(1).u32(10);
  to.ram(2, {"pc.ram", "n\x1b"}, 0x20000).end(2).page("pc.ram", 0, 1).eos().footer(2);
  const Bytes other = to.device(7, "new", Bytes{1}).eof().bytes();
  const Ran ran = diff(Guest().with(), other, {"--names"});
  CHECK(ran.code == 1);
  CHECK(ran.out == "machine\npc.ram\nn\\x1b\ndev/0\nold/3\nnew/0\n");
  const Ran same = diff(other, other, {"--names"});
  CHECK(same.code == 0);
  CHECK(same.out == "");
  CHECK(diff(Guest().with(), other, {"--names", "--device", "n*"}).out == "new/0\n");
  CHECK(diff(other, other, {"--names", "--json"}).code == 2);
}

TEST_CASE("diff's exit code for trouble is not that for a difference") {
  const Bytes good = Guest().with();
  CHECK(diff(good, as_bytes("no stream at all")).code == 2);
  CHECK(diff(good, ByteView(good).first(good.size() / 2)).code == 3);
  CHECK(run({"diff", "-", "-"}, good).code == 2);
  CHECK(run({"diff", "-", "/nonexistent"}, good).code == 2);
}

TEST_CASE("diff compares the sections that are asked for, and no others") {
  Guest one;
  one.ram().page("pc.ram", 0, 1);
  const Bytes a = one.with();
  Bytes changed = dev_state();
  changed[1] ^= 1U;
  Guest two;
  two.ram().page("pc.ram", 0, 2);
  const Bytes b = two.with(changed);
  CHECK_THAT(diff(a, b).out, Catch::Contains("RAM pc.ram") && Catch::Contains("dev/0"));
  const Ran device = diff(a, b, {"--device", "dev"});
  CHECK(device.code == 1);
  CHECK_THAT(device.out, Catch::StartsWith("dev/0\n  level") && !Catch::Contains("RAM"));
  CHECK(diff(a, b, {"--device", "ol*"}).code == 0);
  CHECK(diff(a, b, {"--device", "old", "--device", "dev/0"}).out == device.out);
  const Ran none = diff(a, b, {"--device", "dve"});
  CHECK(none.code == 2);
  CHECK_THAT(none.error, Catch::Contains("expected the section dve, found none; did you mean dev?"));
}

TEST_CASE("diff --no-ram leaves contents of memory out, --quiet says nothing") {
  Guest one;
  one.ram().page("pc.ram", 0, 1);
  Guest two;
  two.ram().page("pc.ram", 0, 2);
  const Bytes a = one.with();
  const Bytes b = two.with();
  CHECK(diff(a, b).code == 1);
  CHECK(diff(a, b, {"--no-ram"}).code == 0);
  const Ran quiet = diff(a, b, {"--quiet"});
  CHECK(quiet.code == 1);
  CHECK(quiet.out + quiet.error == "");
  CHECK(diff(a, a, {"-q"}).code == 0);
}
