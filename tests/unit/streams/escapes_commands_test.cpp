// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands, known or not, and all that a package can have: carried all the same.
#include "support/convert.hpp"
#include "support/escapes.hpp"
#include "support/hex.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;

TEST_CASE("commands come back, known or not, and packages with them") {
  comes_back(ram()
                 .command(1)
                 .command(2, three)
                 .command(77, Bytes(65535, 9))
                 .command(11)
                 .end(1)
                 .eos()
                 .footer(1)
                 .eof());
  NativeBuilder inside;
  const std::size_t header = inside.size();
  inside.command(4).device(7, "dev", three).device(8, "qember", three).command(5);
  const Bytes package(inside.bytes().begin() + static_cast<std::ptrdiff_t>(header), inside.bytes().end());
  const auto with = [&](std::size_t size) {
    return ram()
        .command(7, Bytes{0, 0, 0, static_cast<std::uint8_t>(size)})
        .raw(package)
        .end(1)
        .zero("pc.ram", 0)
        .eos()
        .footer(1)
        .eof();
  };
  comes_back(with(package.size()));
  comes_back(with(0));
  is_refused(with(package.size() - 1), "bad_length");
  is_refused(ram().command(7, Bytes{0, 0, 0}).eof(), "bad_length");
  is_carried_by(with(package.size()), "1 2 2 0(7) 2 0(1)");
}

TEST_CASE("a package of all that a stream can have has a length in BER, too") {
  NativeBuilder inside;
  const std::size_t header = inside.size();
  inside.command(2, three)
      .command(77, Bytes(300, 9))
      .ram(2, {"a", "bcd"}, 0x4000)
      .section(1, 5, "dirty-bitmap", 0, 1)
      .u8(1)
      .footer(5)
      .part(2)
      .zero("a", 0)
      .u64(0x80)
      .page({}, 0x1000, 7)
      .zero({}, 0, 3)
      .zero("bcd", 0)
      .zero("bcd", 0x1000)
      .xbzrle("a", 0, from_hex("000101"))
      .compressed({}, 0x1000, from_hex("789c"))
      .u64(0x200)
      .eos()
      .footer(2)
      .end(5)
      .u8(1)
      .footer(5)
      .device(7, "dev", three);
  const Bytes package(inside.bytes().begin() + static_cast<std::ptrdiff_t>(header), inside.bytes().end());
  Bytes size(4);
  store_be(size.data(), static_cast<std::uint32_t>(package.size()));
  NativeBuilder native = head().command(7, size).raw(package).end(2).eos().footer(2).eof();
  comes_back(native);
  // With one byte less the package ends in the device.
  Bytes ber = encode(native.bytes()).out;
  const Bytes was = size;
  store_be(size.data(), static_cast<std::uint32_t>(package.size() - 1));
  const auto at = std::search(ber.begin(), ber.end(), was.begin(), was.end());
  REQUIRE(at != ber.end());
  std::copy(size.begin(), size.end(), at);
  CHECK(verdict(decode(ber)).starts_with("bad_length"));
  is_carried_by(native, "1 2 2 2 0(1) 0(2,5) 6 0(2,3) 5 0(1)");
}
