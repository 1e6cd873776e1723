// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole streams from text, see tests/vectors/README.md.
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/stream_vectors.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace qember;
using namespace qember::test;

namespace {

template <class Convert>
void run(const std::string& file, Convert convert) {
  for (const StreamVector& vector : read_stream_vectors(file)) {
    std::optional<std::string> expected;  // whatever the chunks
    for (const Chunks& chunks : {whole(), chunks_of(1), chunks_of(13)}) {
      const Converted converted = convert(vector.in, chunks);
      INFO(vector.line);
      INFO((converted.error ? to_string(*converted.error) : "accepted"));
      const std::string wanted = vector.code + " at " + std::to_string(vector.offset) + ": " + vector.path;
      CHECK(verdict(converted) == (vector.accepted ? "accepted" : wanted));
      if (converted.error) {
        if (!expected) expected = converted.error->expected;
        CHECK(converted.error->expected == *expected);
      }
      if (vector.accepted) CHECK(to_hex(converted.out) == to_hex(vector.out));
    }
  }
}

}  // namespace

TEST_CASE("decode does what decoded.vec says") {
  run("decoded.vec", [](ByteView in, const Chunks& chunks) { return decode(in, chunks); });
}

TEST_CASE("encode does what encoded.vec says") {
  run("encoded.vec", [](ByteView in, const Chunks& chunks) { return encode(in, chunks); });
}
