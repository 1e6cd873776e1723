// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ram/page_encoder.hpp"
#include "guarded.hpp"
#include "ram/xbzrle.hpp"
#include "support/heap.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace qember;
using namespace qember::test;
using ram::PageCache;
using ram::PageEncoder;
using ram::PageKind;

namespace {

constexpr std::size_t page_size = 4096;
/// For that many places.
constexpr std::size_t memory(std::size_t places) { return places * (page_size + 16); }

bool put(PageCache& cache, std::uint64_t page) {
  const MutableBytes place = cache.insert(page);
  std::ranges::fill(place, static_cast<std::uint8_t>(page));
  return !place.empty();
}

bool has(PageCache& cache, std::uint64_t page) {
  const ByteView copy = cache.find(page);
  if (copy.empty()) return false;
  CHECK(copy.size() == page_size);
  CHECK(copy.front() == static_cast<std::uint8_t>(page));
  CHECK(copy.back() == static_cast<std::uint8_t>(page));
  return true;
}

/// One that is in the second round, where pages are cached.
PageEncoder warm(std::size_t places) {
  PageEncoder encoder(page_size, memory(places));
  encoder.begin_round();
  encoder.begin_round();
  return encoder;
}

Bytes page_of(std::uint8_t value) { return Bytes(page_size, value); }

}  // namespace

TEST_CASE("the cache has as many places as its memory holds") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, memory(1) - 1})
    CHECK(PageCache(size, page_size).places() == 0);
  CHECK(PageCache(memory(1), page_size).places() == 1);
  CHECK(PageCache(memory(7) + 1, page_size).places() == 7);
  PageCache none(memory(1) - 1, page_size);
  CHECK(none.insert(3).empty());
  CHECK(none.find(3).empty());
}

TEST_CASE("the cache takes no more memory than it was given, however many pages come") {
  if (heap_in_use() == 0) return;  // a sanitizer's allocator
  constexpr std::size_t given = std::size_t{1} << 20U;
  const std::size_t before = heap_in_use();
  PageCache cache(given, page_size);
  for (std::uint64_t page = 0; page < 10000; ++page) {
    cache.begin_round();
    put(cache, page);
  }
  CHECK(heap_in_use() - before > given / 2);
  CHECK(heap_in_use() - before <= given + 16384);  // what malloc adds to large pieces
}

TEST_CASE("a page has its place until another one needs it that comes two rounds later") {
  PageCache cache(memory(4), page_size);
  REQUIRE(put(cache, 1));
  CHECK(has(cache, 1));
  CHECK_FALSE(has(cache, 5));  // the same place
  CHECK_FALSE(put(cache, 5));
  CHECK(put(cache, 2));
  cache.begin_round();
  CHECK_FALSE(put(cache, 5));
  CHECK(has(cache, 1));  // fresh again
  cache.begin_round();
  CHECK_FALSE(put(cache, 5));
  CHECK(put(cache, 6));  // nobody looked for 2
  CHECK_FALSE(has(cache, 2));
  cache.begin_round();
  CHECK(put(cache, 5));
  CHECK_FALSE(has(cache, 1));
  CHECK(has(cache, 5));
}

TEST_CASE("a page goes out as zeros, in full, as a delta, or not at all") {
  PageEncoder encoder = warm(4);
  Bytes page(page_size, 0);
  page[100] = 1;

  const auto first = encoder.encode(3, page);
  REQUIRE(first);
  CHECK(first->kind == PageKind::full);
  CHECK_FALSE(first->borrowed);
  CHECK(std::ranges::equal(first->data, page));
  CHECK_FALSE(encoder.encode(3, page));

  const Bytes before = page;
  page[200] = 2;
  const auto delta = encoder.encode(3, page);
  REQUIRE(delta);
  CHECK(delta->kind == PageKind::xbzrle);
  CHECK_FALSE(delta->borrowed);
  Bytes applied = before;
  REQUIRE(ram::xbzrle_apply(delta->data, applied));
  CHECK(applied == page);
  CHECK_FALSE(encoder.encode(3, page));

  const auto zeros = encoder.encode(3, page_of(0));
  REQUIRE(zeros);
  CHECK(zeros->kind == PageKind::zero);
  CHECK(zeros->data.empty());
  CHECK_FALSE(encoder.encode(3, page_of(0)));

  // Onto the zeros again, from what the cache has of them.
  const auto back = encoder.encode(3, page);
  REQUIRE(back);
  CHECK(back->kind == PageKind::xbzrle);
  applied.assign(page_size, 0);
  REQUIRE(ram::xbzrle_apply(back->data, applied));
  CHECK(applied == page);
}

TEST_CASE("a page that changed too much for a delta goes out in full, and is the base of the next") {
  PageEncoder encoder = warm(4);
  Bytes page = page_of(1);
  REQUIRE(encoder.encode(3, page));
  for (std::uint8_t& byte : page) byte = 2;
  const auto full = encoder.encode(3, page);
  REQUIRE(full);
  CHECK(full->kind == PageKind::full);
  CHECK(std::ranges::equal(full->data, page));
  page[7] = 3;
  const auto delta = encoder.encode(3, page);
  REQUIRE(delta);
  CHECK(delta->kind == PageKind::xbzrle);
  Bytes applied = page_of(2);
  REQUIRE(ram::xbzrle_apply(delta->data, applied));
  CHECK(applied == page);
}

TEST_CASE("in the first round, and without a cache, pages are borrowed and zeros always go out") {
  PageEncoder first(page_size, memory(4));
  first.begin_round();
  PageEncoder uncached = warm(0);
  for (PageEncoder* encoder : {&first, &uncached}) {
    const Bytes page = page_of(1);
    for (int i = 0; i < 2; ++i) {
      const auto full = encoder->encode(3, page);
      REQUIRE(full);
      CHECK(full->kind == PageKind::full);
      CHECK(full->borrowed);
      CHECK(full->data.data() == page.data());
      REQUIRE(encoder->encode(4, page_of(0)));
    }
  }
}

TEST_CASE("what a delta is made against is what went out, whatever happens to the page") {
  PageEncoder encoder = warm(4);
  std::uint32_t random = 1;
  const auto next = [&random] { return random = random * 1664525 + 1013904223; };
  Bytes page(page_size, 0);
  Bytes received(page_size, 0);
  std::set<PageKind> kinds;
  for (int round = 0; round < 2000; ++round) {
    if (round % 50 == 49) page.assign(page_size, 0);
    const std::size_t changes = next() % 7 == 0 ? page_size : (next() >> 8U) % 40;
    for (std::size_t i = 0; i < changes; ++i)
      page[(next() >> 8U) % page_size] = static_cast<std::uint8_t>(next() >> 16U);
    const auto out = encoder.encode(9, page);
    // The guest goes on before anything is sent.
    if (out && !out->borrowed) page[(next() >> 8U) % page_size] ^= 1U;
    if (!out) continue;
    kinds.insert(out->kind);
    switch (out->kind) {
      case PageKind::zero: received.assign(page_size, 0); break;
      case PageKind::full: received.assign(out->data.begin(), out->data.end()); break;
      default: REQUIRE(ram::xbzrle_apply(out->data, received));
    }
  }
  while (const auto out = encoder.encode(9, page))
    if (out->kind == PageKind::xbzrle) REQUIRE(ram::xbzrle_apply(out->data, received));
  CHECK(received == page);
  CHECK(kinds.size() == 3);
}
