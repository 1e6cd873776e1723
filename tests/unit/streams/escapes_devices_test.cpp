// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices and descriptions that are none, or do not fit each other: carried all the same.
#include "support/escapes.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("device state with its own footers and end marks in it comes back") {
  Bytes state = from_hex("7e00000007 7e00000007 04 00 7e00000007 05 00000000000000");
  comes_back(ram()
                 .device(7, "dev", state)
                 .device(0, "zeros", Bytes(3000, 0))
                 .device(7, "dev", from_hex("7e 7e 7e 7e00 00"))
                 .eof());
  comes_back(ram().device(7, "empty", {}).device(0, "empty", {}).eof());
  is_carried_by(ram().device(7, "dev", state).eof(), "1");
}

TEST_CASE("a stream of devices alone comes back") {
  comes_back(NativeBuilder()
                 .device(7, "dev", dev_state(), 0, 2)
                 .device(0, "old", old_state(), 3)
                 .eof()
                 .description(R"({"page_size": 4096, "devices": []})"));
  comes_back(NativeBuilder().eof());
  comes_back(NativeBuilder().configuration("").eof());
  is_carried_by(NativeBuilder().eof(), "");
  is_carried_by(NativeBuilder().configuration("").eof(), "1");
}

TEST_CASE("descriptions that are no description, and what follows, come back") {
  for (const std::string_view text :
       {"", "{}", "{\"devices\": []}", "no JSON", "[", "\xff\xff", "{\"devices\": 3}"}) {
    INFO(text);
    comes_back(ram().device(7, "dev", dev_state(), 0, 2).eof().description(text));
    comes_back(ram().device(7, "dev", dev_state(), 0, 2).eof().description(text).text("more"));
  }
  comes_back(ram().device(7, "dev", three).eof().text("no description"));
  comes_back(ram().device(7, "dev", three).eof().fill(3000, 0));
  comes_back(small_stream().u8(6).u32(2).text("{}"));
  is_carried_by(ram().eof().description("no JSON").text("more"), "1 3 7");
}

TEST_CASE("state that its description does not fit comes back as a blob") {
  const auto stream = [](const Bytes& state, std::string_view name = "dev", std::uint32_t instance = 0) {
    return ram().device(7, name, state, instance, 2).eof().description(small_description(4096));
  };
  const Bytes good = dev_state();
  comes_back(stream(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes changed = good;
    changed[at] ^= 0x55U;
    INFO(at);
    comes_back(stream(changed));
    changed.resize(at);
    comes_back(stream(changed));
  }
  Bytes longer = good;
  longer.push_back(0);
  comes_back(stream(longer));
  comes_back(stream(good, "other"));
  comes_back(stream(good, "dev", 1));
  is_carried_by(stream(good), "1 3");
}
