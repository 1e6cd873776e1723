// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ram/xbzrle.hpp"
#include "guarded.hpp"
#include "support/hex.hpp"
#include "xbzrle_reference.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace qember;
using namespace qember::test;
using ram::xbzrle_apply;
using ram::xbzrle_check;
using ram::xbzrle_encode;

namespace {

struct DeltaVector {
  std::string line;
  Bytes delta;
  std::size_t page_size = 0;
  Bytes page;           ///< where accepted
  std::string refusal;  ///< where not: OFFSET EXPECTED, found FOUND
};

/// `BYTE*N` is that byte N times.
Bytes parse_bytes(std::istream& in, char& mark) {
  Bytes bytes;
  for (std::string word; in >> word;) {
    if (word == "=" || word == "!") {
      mark = word[0];
      break;
    }
    const std::size_t star = word.find('*');
    const Bytes part = from_hex(word.substr(0, star));
    const unsigned long times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
    for (unsigned long i = 0; i < times; ++i) bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

std::vector<DeltaVector> read_deltas() {
  std::ifstream file(std::string(QEMBER_TEST_VECTORS) + "/xbzrle.vec");
  std::vector<DeltaVector> vectors;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    DeltaVector vector{line, {}, 0, {}, {}};
    std::istringstream in(line);
    char mark = 0;
    in >> vector.page_size;
    vector.delta = parse_bytes(in, mark);
    REQUIRE(mark != 0);
    if (mark == '=')
      vector.page = parse_bytes(in, mark);
    else
      std::getline(in >> std::ws, vector.refusal);
    vectors.push_back(std::move(vector));
  }
  REQUIRE(vectors.size() > 40);
  return vectors;
}

/// The page afterwards, where check and apply agree that it is sound and nothing around it was touched.
std::optional<Bytes> after_delta(ByteView delta, ByteView page, Error* error = nullptr) {
  const Guarded guarded_delta(delta);
  Guarded guarded_page(page);
  const Status checked = xbzrle_check(guarded_delta.view(), page.size());
  const Status applied = xbzrle_apply(guarded_delta.view(), guarded_page.bytes());
  REQUIRE(checked.ok() == applied.ok());
  if (applied) return guarded_page.copy();
  REQUIRE(to_string(checked.error()) == to_string(applied.error()));
  REQUIRE(applied.error().code == Errc::bad_delta);
  REQUIRE(std::equal(page.begin(), page.end(), guarded_page.view().begin()));
  if (error != nullptr) *error = applied.error();
  return std::nullopt;
}

std::optional<Bytes> encode(ByteView old_page, ByteView new_page, std::size_t room) {
  const Guarded guarded_old(old_page);
  const Guarded guarded_new(new_page);
  Guarded out(room);
  const auto size = xbzrle_encode(guarded_old.view(), guarded_new.view(), out.bytes());
  if (!size) return std::nullopt;
  REQUIRE(*size <= room);
  return Bytes(out.view().begin(), out.view().begin() + static_cast<std::ptrdiff_t>(*size));
}

std::string describe(const Error& error) {
  return std::to_string(error.offset) + " " + error.expected + ", found " + error.found;
}

/// Three bytes of delta for two of the page, up to where `changes` bytes differ.
Bytes every_other_byte(const Bytes& page, std::size_t changes) {
  Bytes changed = page;
  for (std::size_t i = 0; i < changes; ++i) changed[2 * i] ^= 0xff;
  return changed;
}

}  // namespace

TEST_CASE("xbzrle vectors: accepted with that page, or refused there with no byte changed") {
  for (const DeltaVector& vector : read_deltas()) {
    INFO(vector.line);
    Error error;
    const auto page = after_delta(vector.delta, Bytes(vector.page_size), &error);
    REQUIRE(page.has_value() == vector.refusal.empty());
    if (page) {
      CHECK(*page == vector.page);
    } else {
      CHECK(describe(error) == vector.refusal);
    }
  }
}

TEST_CASE("xbzrle: every prefix of a delta ends after a pair or is refused") {
  for (const DeltaVector& vector : read_deltas()) {
    if (!vector.refusal.empty() || vector.delta.size() > 200) continue;
    for (std::size_t size = 0; size < vector.delta.size(); ++size) {
      INFO(vector.line << ", " << size);
      const ByteView prefix = ByteView(vector.delta).first(size);
      CHECK(after_delta(prefix, Bytes(vector.page_size)) == reference_apply(prefix, Bytes(vector.page_size)));
    }
  }
}

TEST_CASE("xbzrle: what is damaged is refused or applied as byte by byte") {
  Random random(1);
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::size_t size = std::size_t{256} << below(random, 5);
    const Bytes old_page = random_page(random, size);
    auto delta = reference_encode(old_page, changed_page(random, old_page), size);
    if (!delta || delta->empty()) continue;
    for (std::size_t n = below(random, 3); n-- > 0;)
      (*delta)[below(random, delta->size())] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random());
    delta->resize(below(random, 2) == 0 ? delta->size() : below(random, delta->size() + 1));
    const auto page = after_delta(*delta, old_page);
    REQUIRE(page == reference_apply(*delta, old_page));
    refused += page ? 0 : 1;
  }
  CHECK(refused > 300);
}

TEST_CASE("xbzrle: the published example is encoded so") {
  Bytes old_page(4096);
  Bytes new_page(4096);
  const Bytes before = from_hex("05060708090a0b0c0d0e0f10111213 680000 6b 00 6d");
  const Bytes after = from_hex("0102030405060708090a0b0c0d0e0f 680000 67 00 69");
  std::copy(before.begin(), before.end(), old_page.begin() + 1001);
  std::copy(after.begin(), after.end(), new_page.begin() + 1001);
  const auto delta = encode(old_page, new_page, 4096);
  REQUIRE(delta);
  CHECK(to_hex(*delta) == "e9070f0102030405060708090a0b0c0d0e0f030167010169");
}

TEST_CASE("xbzrle: every page is encoded as byte by byte, and comes back") {
  Random random(2);
  std::size_t encoded = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::size_t size = std::size_t{256} << below(random, round % 10 == 0 ? 9 : 6);
    const Bytes old_page = random_page(random, size);
    const Bytes new_page = changed_page(random, old_page);
    const auto delta = encode(old_page, new_page, size);
    REQUIRE(delta == reference_encode(old_page, new_page, size));
    if (!delta) continue;
    REQUIRE(delta->empty() == (old_page == new_page));
    REQUIRE(after_delta(*delta, old_page) == new_page);
    ++encoded;
  }
  CHECK(encoded > 500);
}

TEST_CASE("xbzrle: equal pages give nothing, in no room at all") {
  const Bytes page(4096, 7);
  CHECK(encode(page, page, 4096) == Bytes());
  CHECK(encode(page, page, 0) == Bytes());
}

TEST_CASE("xbzrle: a delta is refused by the room that it does not fit in") {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    const Bytes old_page = random_page(random, 1024);
    const Bytes new_page = changed_page(random, old_page);
    const auto delta = reference_encode(old_page, new_page, SIZE_MAX);
    REQUIRE(delta);
    for (std::size_t room = delta->size() < 4 ? 0 : delta->size() - 4; room < delta->size() + 4; ++room)
      REQUIRE(encode(old_page, new_page, room) == reference_encode(old_page, new_page, room));
  }
}

TEST_CASE("xbzrle: room for two lengths is wanted where the page goes on") {
  const Bytes page(256);
  // 84 runs of 1 byte, the first after 0 unchanged ones: 252 bytes of delta.
  const Bytes changed = every_other_byte(page, 84);
  CHECK(encode(page, changed, 252) == std::nullopt);
  CHECK(encode(page, changed, 253) == std::nullopt);
  REQUIRE(encode(page, changed, 254));
  CHECK(encode(page, changed, 254)->size() == 252);

  Bytes to_the_end = page;
  to_the_end.back() = 1;
  CHECK(encode(page, to_the_end, 4)->size() == 4);
  CHECK(encode(page, to_the_end, 3) == std::nullopt);
}

TEST_CASE("xbzrle: runs beyond two bytes of length are not encoded, unless they end the page") {
  const Bytes page(65536);
  Bytes changed = page;
  changed[0x3fff] = 1;
  REQUIRE(encode(page, changed, 65536));
  CHECK(to_hex(*encode(page, changed, 65536)) == "ff7f0101");
  changed[0x3fff] = 0;
  changed[0x4000] = 1;
  CHECK(encode(page, changed, 65536) == std::nullopt);

  changed = page;
  std::fill_n(changed.begin(), 0x3fff, std::uint8_t{1});
  REQUIRE(encode(page, changed, 65536));
  CHECK(encode(page, changed, 65536)->size() == 3 + 0x3fff);
  changed[0x3fff] = 1;
  CHECK(encode(page, changed, 65536) == std::nullopt);
}

TEST_CASE("xbzrle: what is no pair of pages is not encoded") {
  CHECK(encode(Bytes(4096), Bytes(2048), 4096) == std::nullopt);
  CHECK(encode(Bytes(100), Bytes(100, 1), 4096) == std::nullopt);
}
