// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/heap.hpp"
#include "support/types.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("the memory of a value is bounded by its elements and bytes, and given back") {
  if (heap_in_use() == 0) return;  // a sanitizer's allocator
  const Limits limits;
  for (const std::uint8_t tag : {0x24, 0x04, 0x30}) {
    Bytes in{0x30, 0x80};
    for (std::size_t i = 0; i + 1 < limits.max_tlvs; ++i) in.insert(in.end(), {tag, 0x00});
    in.insert(in.end(), {0x00, 0x00});
    const std::size_t before = heap_in_use();
    std::size_t held = 0;
    {
      const auto value = asn1::decode<asn1::VMStateEntries>(in, limits);
      if (value.ok()) held = heap_in_use() - before;
    }
    const std::size_t after = heap_in_use();
    CHECK(held > 0);
    CHECK(held < 256 * limits.max_tlvs);
    CHECK(after < before + 16384);  // what malloc keeps at hand for each size
  }
}
