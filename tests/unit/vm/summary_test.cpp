// SPDX-License-Identifier: LGPL-2.1-or-later
// The summary of a stream, and the states of pages, through the library.
#include "support/events.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <qember/advanced/vm/census.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;
using vm::DeviceTyping;
using vm::Summary;

namespace {

Summary summary_of(const Bytes& native) {
  Opened opened(native, true);
  vm::Census census(opened.source());
  const Status status = opened.each([&](const event::Event& event) { return census.take(event); });
  CHECK(status);
  return census.summary();
}

using Untyped = std::map<std::string, std::uint64_t>;

}  // namespace

TEST_CASE("census: a small stream of nearly everything") {
  const Summary summary = summary_of(small_stream().bytes());
  CHECK(summary.machine == "tiny-1.0");
  CHECK(summary.capabilities == std::vector<std::string>{"some-capability"});
  CHECK(summary.page_size == 1024);
  REQUIRE(summary.blocks.size() == 2);
  CHECK(summary.blocks[1].name == "pc.rom");
  CHECK(summary.blocks[1].length == 0x10000);
  CHECK(summary.ram_total == 0x20000);
  CHECK(summary.pages.zero == 3);
  CHECK(summary.pages.full == 3);
  CHECK(summary.pages.xbzrle == 1);
  CHECK(summary.pages.compressed == 1);
  CHECK(summary.hook == 0);
  CHECK(summary.rounds == 2);
  CHECK(summary.sections == 10);
  REQUIRE(summary.devices.size() == 2);
  CHECK(summary.devices[0].name == "dev");
  CHECK(summary.devices[0].instance == 0);
  CHECK(summary.devices[0].version == 2);
  CHECK(summary.devices[0].bytes == 57);
  CHECK(summary.devices[0].state == DeviceTyping::typed);
  CHECK(summary.devices[1].name == "old");
  CHECK(summary.devices[1].instance == 3);
  CHECK(summary.devices[1].bytes == 6);
  CHECK(summary.footers == true);
  CHECK(summary.described);
  CHECK(summary.complete);
  CHECK_FALSE(summary.ram_sent_elsewhere);
  CHECK(summary.pages.bytes == 3 * 1024 + 4 + 17);
  CHECK(summary.device_bytes == 63);
  CHECK(summary.typed_bytes == 52);
  CHECK(summary.untyped_bytes == Untyped{{"buffer", 11}});
}

TEST_CASE("census: state that has no values, by its reason") {
  NativeBuilder to;
  to.page_size = 1024;
  to.device(9, "first", Bytes(3, 1)).command(3, from_hex("0000000000001000 0000000000000400"));
  to.ram(1, {"a"}, 0x1000).end(1).page("a", 0, 1).u64(0x80).u64(0x80).eos().footer(1);
  Bytes bad = dev_state();
  bad.push_back(0);
  to.device(7, "dev", bad, 0, 2).device(0, "old", old_state(), 3).device(8, "unknown", Bytes(4, 1));
  const Summary summary = summary_of(to.eof().description(small_description()).bytes());
  CHECK(summary.hook == 2);
  CHECK(summary.sections == 6);
  CHECK(summary.page_size == 1024);
  CHECK_FALSE(summary.machine);
  REQUIRE(summary.devices.size() == 4);
  CHECK(summary.devices[0].state == DeviceTyping::early);
  CHECK(summary.devices[1].state == DeviceTyping::fallback);
  CHECK(summary.devices[1].reason.starts_with("expected "));
  CHECK(summary.devices[2].state == DeviceTyping::typed);
  CHECK(summary.devices[3].state == DeviceTyping::undescribed);
  CHECK(summary.untyped_bytes == Untyped{{"early", 3}, {"fallback", 58}, {"buffer", 6}, {"undescribed", 4}});
  CHECK(summary.device_bytes == 3 + bad.size() + 6 + 4);
}

TEST_CASE("census: the page size may be the description's") {
  NativeBuilder to;
  to.ram(1, {"a"}, 4096).ended(1);
  const Summary summary = summary_of(to.eof().description(R"({"page_size": 2048, "devices": []})").bytes());
  CHECK(summary.page_size == 2048);
  CHECK(summary.footers == true);
  CHECK(summary.complete);
  const Summary nothing = summary_of(NativeBuilder().eof().bytes());
  CHECK_FALSE(nothing.page_size);
  CHECK_FALSE(nothing.footers);
  CHECK_FALSE(nothing.described);
  CHECK(nothing.rounds == 0);
}
