// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/types.hpp"
#include "support/vectors.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace qember;

namespace {

/// One to three bytes changed, removed or put in, mostly such as mean something to BER.
Bytes mutated(Bytes bytes, std::mt19937& random) {
  static constexpr std::uint8_t likely[] = {0x00, 0x01, 0x02, 0x04, 0x05, 0x0c,
                                            0x24, 0x30, 0x7f, 0x80, 0x81, 0xff};
  for (auto count = 1 + random() % 3; count > 0 && !bytes.empty(); --count) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random() % bytes.size());
    const auto byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : likely[random() % 12]);
    switch (random() % 4) {
      case 0: bytes.erase(at); break;
      case 1: bytes.insert(at, byte); break;
      default: *at = byte; break;
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("what validate takes asn1c decodes, and its DER is stable") {
  std::mt19937 random(20260101);
  const auto vectors = test::read_vectors("accepted.vec");
  int accepted = 0;
  for (int round = 0; round < 100000; ++round) {
    const auto& vector = vectors[random() % vectors.size()];
    const Bytes in = mutated(vector.in, random);
    const auto der = test::transcode(vector.type, in);
    if (!der.ok()) {
      INFO(vector.type << ' ' << test::to_hex(in) << ' ' << to_string(der.error()));
      REQUIRE(der.error().code != Errc::internal);
      REQUIRE(der.error().offset <= in.size());
      continue;
    }
    ++accepted;
    const auto again = test::transcode(vector.type, *der);
    INFO(vector.type << ' ' << test::to_hex(in));
    REQUIRE(again.ok());
    REQUIRE(*again == *der);
  }
  CHECK(accepted > 5000);
}
