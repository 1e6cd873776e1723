// SPDX-License-Identifier: LGPL-2.1-or-later
// Real streams, there and back, however they arrive.
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// The first difference, for a message that does not print megabytes.
std::string difference(ByteView a, ByteView b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_a == a.end() && in_b == b.end()) return "none";
  return "at " + std::to_string(in_a - a.begin()) + " of " + std::to_string(a.size()) + " and " +
         std::to_string(b.size());
}

Bytes sound(const Converted& converted) {
  if (converted.error) FAIL(to_string(*converted.error));
  return converted.out;
}

std::vector<Chunks> chunkings(std::size_t size) {
  std::vector<Chunks> all{chunks_of(4096), prime_chunks(1)};
  if (size <= std::size_t{8} << 20U) all.push_back(chunks_of(7));
  if (size <= std::size_t{512} << 10U) all.push_back(chunks_of(1));
  return all;
}

}  // namespace

TEST_CASE("every real stream comes back, however it is cut into chunks", "[corpus]") {
  for (const auto& path : real_streams()) {
    INFO(path.filename().string());
    const Bytes native = load(path);
    const Bytes ber = sound(encode(native));
    CHECK(difference(sound(decode(ber)), native) == "none");
    for (const Chunks& chunks : chunkings(native.size())) {
      CHECK(difference(sound(encode(native, chunks)), ber) == "none");
      CHECK(difference(sound(decode(ber, chunks)), native) == "none");
    }
  }
}

TEST_CASE("every real stream comes back from DER and from blobs", "[corpus]") {
  for (const auto& path : real_streams()) {
    INFO(path.filename().string());
    const Bytes native = load(path);
    const Bytes der = sound(encode(native, whole(), {.der = true}));
    CHECK(difference(sound(decode(der, prime_chunks(2))), native) == "none");
    const Bytes opaque = sound(encode(native, whole(), {.opaque = true}));
    CHECK(difference(sound(decode(opaque, prime_chunks(3))), native) == "none");
  }
}

TEST_CASE("the small stream comes back, byte by byte") {
  const Bytes native = small_stream().bytes();
  const Bytes ber = sound(encode(native, chunks_of(1)));
  CHECK(difference(ber, sound(encode(native))) == "none");
  CHECK(difference(sound(decode(ber, chunks_of(1))), native) == "none");
  const Bytes der = sound(encode(native, chunks_of(1), {.der = true}));
  CHECK(difference(sound(decode(der, chunks_of(1))), native) == "none");
}
