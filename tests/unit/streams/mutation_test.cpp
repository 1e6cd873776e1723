// SPDX-License-Identifier: LGPL-2.1-or-later
// For any input at all: encode fails, or decode gives it back.
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace qember;
using namespace qember::test;

namespace {

std::size_t somewhere(const Bytes& bytes, std::mt19937& random) { return random() % bytes.size(); }
auto at(Bytes& bytes, std::size_t offset) { return bytes.begin() + static_cast<std::ptrdiff_t>(offset); }

/// Bytes changed, put in, taken out, repeated, moved; mostly such as mean something in the format.
Bytes mutated(Bytes bytes, std::mt19937& random) {
  static constexpr std::uint8_t likely[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                            0x10, 0x20, 0x22, 0x28, 0x40, 0x7e, 0x80, 0xff};
  for (auto count = 1 + random() % 3; count > 0 && !bytes.empty(); --count) {
    const std::size_t place = somewhere(bytes, random);
    const std::size_t size = std::min<std::size_t>(1 + random() % 40, bytes.size() - place);
    const auto byte =
        static_cast<std::uint8_t>(random() % 4 == 0 ? random() : likely[random() % std::size(likely)]);
    switch (random() % 8) {
      case 0: bytes.erase(at(bytes, place), at(bytes, place + size)); break;
      case 1: bytes.insert(at(bytes, place), byte); break;
      case 2: {
        const Bytes piece(at(bytes, place), at(bytes, place + size));
        bytes.insert(at(bytes, somewhere(bytes, random)), piece.begin(), piece.end());
        break;
      }
      case 3: bytes.resize(place); break;
      default: bytes[place] = byte; break;
    }
  }
  return bytes;
}

/// Small enough that a change mostly hits something that matters.
std::vector<Bytes> seeds() {
  NativeBuilder plain;
  plain.configuration("m", 256);
  plain.ram(1, {"a", "b"}, 0x400)
      .part(1)
      .zero("a", 0)
      .page({}, 0x100, 1)
      .zero("b", 0)
      .zero("a", 0x200)
      .eos()
      .footer(1);
  plain.end(1).zero("a", 0).u64(0x80).zero({}, 0x100, 3).xbzrle("b", 0, from_hex("000101")).eos().footer(1);
  plain.device(0, "dev", dev_state(), 0, 2)
      .device(4, "old", old_state(), 3)
      .eof()
      .description(small_description(256));
  NativeBuilder bare;
  bare.footers = false;
  bare.ram(1, {"a"}, 0x2000).part(1).zero("a", 0).u64(0x200).zero({}, 0x1000).eos().end(1).eos();
  bare.device(7, "dev", dev_state(), 0, 2).eof().description(small_description(4096));
  return {plain.bytes(), bare.bytes(), small_stream().bytes()};
}

}  // namespace

TEST_CASE("for any input at all, encode fails or decode gives it back") {
  std::mt19937 random(20260102);
  const auto from = seeds();
  for (const Bytes& seed : from) REQUIRE(to_hex(decode(encode(seed).out).out) == to_hex(seed));
  int accepted = 0;
  for (int round = 0; round < 60000; ++round) {
    const Bytes native = mutated(from[random() % from.size()], random);
    const EncodeForm form{.der = round % 5 == 0, .opaque = round % 7 == 0};
    const Converted encoded = encode(native, whole(), form);
    INFO("round " << round << ": " << to_hex(native).substr(0, 2000));
    const Converted other = encode(native, chunks_of(1 + static_cast<std::size_t>(round % 50)), form);
    REQUIRE(verdict(other) == verdict(encoded));
    if (encoded.error) {
      INFO(to_string(*encoded.error));
      REQUIRE(encoded.error->code != Errc::internal);
      REQUIRE(encoded.error->offset <= native.size());
      // Nothing that came out looks like a whole stream.
      REQUIRE((form.der || decode(encoded.out).error));
      continue;
    }
    ++accepted;
    REQUIRE((other.out == encoded.out));
    const Converted decoded = decode(encoded.out);
    INFO((decoded.error ? to_string(*decoded.error) : "other bytes"));
    REQUIRE(!decoded.error);
    REQUIRE(to_hex(decoded.out) == to_hex(native));
  }
  CHECK(accepted > 6000);
}

TEST_CASE("whatever is done to BER, decode says the same for any chunking, and encode takes what it writes") {
  std::mt19937 random(20260103);
  const auto from = seeds();
  for (int round = 0; round < 60000; ++round) {
    const Bytes& seed = from[random() % from.size()];
    const Bytes ber = mutated(encode(seed, whole(), {.der = round % 3 == 0}).out, random);
    INFO("round " << round << ": " << to_hex(ber).substr(0, 2000));
    const Converted decoded = decode(ber);
    const Converted other = decode(ber, chunks_of(1 + static_cast<std::size_t>(round % 50)));
    REQUIRE(verdict(other) == verdict(decoded));
    if (decoded.error) {
      REQUIRE(decoded.error->code != Errc::internal);
      REQUIRE(decoded.error->offset <= ber.size());
      continue;
    }
    REQUIRE((other.out == decoded.out));
    const Converted again = encode_again(decoded);
    INFO(to_hex(decoded.out).substr(0, 2000));
    INFO((again.error ? to_string(*again.error) : "encoded"));
    REQUIRE(!again.error);
    REQUIRE((decode(again.out).out == decoded.out));
  }
}
