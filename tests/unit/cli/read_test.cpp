// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's read: bytes of memory by block, by guest-physical and by virtual address.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

Ran read(ByteView stream, const std::string& where, Arguments options = {}) {
  const Scratch scratch;
  options.insert(options.begin(), {"read", scratch.file("in", stream), where});
  return run(options);
}

/// All of a block of the shipped stream, as `extract` has it.
Bytes extracted(const std::string& block) {
  const Scratch scratch;
  const std::string directory = scratch.path("d").string();
  REQUIRE(run({"extract", scratch.file("in", sample()), "--ram", directory}).code == 0);
  return read_file(scratch.path("d") / block);
}

std::string part(const Bytes& bytes, std::size_t from, std::size_t size) {
  return std::string(as_text(ByteView(bytes).subspan(from, size)));
}

}  // namespace

TEST_CASE("read --raw gives what extract does, by block and by address, of both forms") {
  const Bytes ram = extracted("microvm.ram");
  const Bytes ber = encode(sample()).out;
  for (const std::size_t at : {std::size_t{0}, std::size_t{0xfff}, std::size_t{0x7c00}, ram.size() - 5000}) {
    const std::string expected = part(ram, at, 5000);
    const std::string place = std::to_string(at);
    INFO(place);
    CHECK(read(sample(), "microvm.ram+" + place, {"5000", "--raw"}).out == expected);
    CHECK(read(sample(), place, {"5000", "--raw"}).out == expected);
    CHECK(read(ber, place, {"5000", "--raw"}).out == expected);
  }
  CHECK(run({"read", "-", "0", "16", "--raw"}, sample()).out == part(ram, 0, 16));
}

TEST_CASE("read prints hexadecimal as xxd does") {
  const Ran ran = read(sample(), "pc.bios+0xfff0", {"0x10"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Catch::Matches(R"(0000fff0: ([0-9a-f]{4} ){8} .{16}\n)"));
  const Ran odd = read(sample(), "pc.bios+0xfff3", {"3"});
  CHECK_THAT(odd.out, Catch::Matches(R"(0000fff3: [0-9a-f]{4} [0-9a-f]{2} {34}.{3}\n)"));
  CHECK(read(sample(), "0").out.size() == 16 * (10 + 40 + 1 + 16 + 1));
  CHECK(read(sample(), "0", {"0"}).out == "");
}

TEST_CASE("read --virtual goes by the CPU") {
  // The guest of the shipped stream runs without paging.
  CHECK(read(sample(), "0x1000", {"--virtual"}).out == read(sample(), "0x1000").out);
  CHECK(read(sample(), "0x1000", {"--virtual", "--cpu", "9"}).code == 2);
  CHECK(read(sample(), "0x1000", {"--cpu", "0"}).code == 2);
  CHECK(read(sample(), "microvm.ram+0", {"--virtual"}).code == 2);
  // What a register holds.
  CHECK(read(sample(), "rsp", {"--virtual"}).out == read(sample(), "0x100ffc", {"--virtual"}).out);
  CHECK(read(sample(), "x0", {"--virtual"}).code == 2);
  CHECK(read(small_stream().bytes(), "0", {"--virtual"}).code == 2);  // it has no CPU
}

TEST_CASE("read says what is not there") {
  CHECK_THAT(read(sample(), "microvm.rma+0x10").error, Catch::Contains("did you mean microvm.ram+0x10?"));
  const Ran typo = read(sample(), "rpi", {"--virtual"});
  CHECK(typo.code == 2);
  CHECK_THAT(typo.error, Catch::Contains("memory: expected a virtual ADDRESS, or a register of the CPU, "
                                         "found rpi; did you mean rip?"));
  CHECK_THAT(read(sample(), "rsp").error, Catch::Contains("rsp is a register, which takes --virtual"));
  CHECK_THAT(read(sample(), "0000000000100ffc", {"--virtual"}).error,
             Catch::Contains("did you mean 0x100ffc?"));
  CHECK(read(sample(), "0000000000006000", {"--virtual"}).code == 2);
  const Ran place = read(sample(), "0", {"--place", "pc.boss=0x0"});
  CHECK_THAT(place.error, Catch::Contains("found another; did you mean pc.bios?"));
  CHECK(read(sample(), "microvm.rma+0").code == 2);
  CHECK(read(sample(), "0xffffffffffffffff").code == 2);
  CHECK(read(sample(), "0", {"many"}).code == 2);
  // Nor is a page that was not sent made up.
  NativeBuilder half;
  half.configuration("pc", 4096)
      .ram(1, {"pc.ram"}, 8192)
      .part(1)
      .page("pc.ram", 0, 'a')
      .eos()
      .footer(1)
      .ended(1);
  const Ran unsent = read(half.eof().bytes(), "pc.ram+0xff0", {"32"});
  CHECK(unsent.code == 4);
  CHECK(unsent.out == read(half.bytes(), "pc.ram+0xff0", {"16"}).out);
  // What comes before the end of the block is printed.
  const Ran ran = read(sample(), "pc.bios+0xffe8", {"0x1000"});
  CHECK(ran.code == 2);
  CHECK(ran.out == read(sample(), "pc.bios+0xffe8", {"24"}).out);
  CHECK_THAT(ran.error, Catch::Contains("expected bytes below 0x10000, found 0x1 at 0x10000"));
}
