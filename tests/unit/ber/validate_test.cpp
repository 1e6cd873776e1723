// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/vectors.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/ber/validate.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using qember::test::from_hex;

namespace {

Result<std::uint64_t> validate(std::string_view type, ByteView in, const Limits& limits = {},
                               std::uint64_t offset = 0, std::string_view path = {}) {
  const ber::Schema& schema = asn1::schema();
  const ber::Type* found = schema.find(type);
  REQUIRE(found);
  return ber::validate(in, schema, *found, limits, offset, path);
}

Bytes nested(std::string_view header, std::size_t levels) {
  Bytes bytes;
  for (std::size_t i = 0; i < levels; ++i)
    for (const std::uint8_t byte : from_hex(header)) bytes.push_back(byte);
  return bytes;
}

}  // namespace

TEST_CASE("validate takes what is accepted, to its end, whatever follows") {
  for (const auto& vector : test::read_vectors("accepted.vec")) {
    INFO(vector.line);
    Bytes more = vector.in;
    more.push_back(0x00);
    const auto size = validate(vector.type, more);
    REQUIRE(size.ok());
    CHECK(*size == vector.in.size());
  }
}

TEST_CASE("validate adds the caller's offset and path") {
  const auto refused = validate("RAMBlockID", from_hex("30 05 0c 00 02 01 00"), {}, 1000, "QemuFile.top[7]");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().offset == 1002);
  CHECK(refused.error().path == "QemuFile.top[7].name");
  CHECK(refused.error().expected == "1 to 255 characters");
  CHECK(refused.error().found == "0");
}

TEST_CASE("validate says what it expected") {
  const auto refused = validate("FullPage", from_hex("7fc650 05 02 01 00 05 00"));
  REQUIRE_FALSE(refused.ok());
  CHECK(to_string(refused.error()) ==
        "7: FullPage.data: expected OCTET STRING (04), found NULL (05 00) (schema " +
            std::string(asn1::schema().fingerprint) + ")");
}

TEST_CASE("every cut of a valid value is truncated, no further on than the cut") {
  const Bytes whole = from_hex(
      "7fcdc551 80 02 01 03 30 80 7f8f53 80 0c 01 61 02 01 00 02 01 00 02 01 00"
      "30 80 30 03 02 01 05 24 80 04 01 61 0000 0000 5fd345 00 0000 0000 0000");
  REQUIRE(validate("QemuFile", whole).ok());
  std::uint64_t last = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    const auto cut = validate("QemuFile", ByteView(whole).first(size));
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().code == Errc::truncated);
    CHECK(cut.error().offset <= size);
    CHECK(cut.error().offset >= last);
    last = cut.error().offset;
  }
}

TEST_CASE("depth and count are limited, however the limits are set") {
  Limits limits;
  const auto refusal = [&](std::string_view header) {
    const auto result = validate("VMStateEntries", nested(header, 200000), limits);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::limit);
    return result.error().offset;
  };
  CHECK(refusal("3080") == 2 * 64);
  CHECK(refusal("2480") == 2 * 64);
  limits.max_depth = 1000000;
  CHECK(refusal("3080") == 2 * ber::deepest);
  CHECK(refusal("2480") == 2 * ber::deepest);

  limits = {};
  Bytes many = from_hex("3080");
  for (std::size_t i = 0; i < 1000000; ++i) many.insert(many.end(), {0x24, 0x00});
  const auto result = validate("VMStateEntries", many, limits);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == Errc::limit);
  CHECK(result.error().offset == 2 * limits.max_tlvs);
  CHECK(result.error().path == "VMStateEntries.array[32767].oldblob");
}

TEST_CASE("the limit to a name is in bytes, that of its SIZE in characters") {
  Bytes name = from_hex("0c 8202fd");
  for (std::size_t i = 0; i < 255; ++i) name.insert(name.end(), {0xe2, 0x82, 0xac});
  Limits limits;
  CHECK(validate("QemuString", name, limits).error().code == Errc::limit);
  limits.max_name = 765;
  CHECK(validate("QemuString", name, limits).ok());
  name[3] = 0xfe;
  name.push_back('a');
  limits.max_name = 766;
  CHECK(validate("QemuString", name, limits).error().code == Errc::constraint);
}

namespace {

// S ::= SEQUENCE { a [0] EXPLICIT INTEGER, b [1] INTEGER OPTIONAL, c C }
// C ::= [5] CHOICE { x INTEGER, y [APPLICATION 7] EXPLICIT NULL }
constexpr ber::Tag integer_tag[] = {ber::tags::integer};
constexpr ber::Tag null_tag[] = {ber::tags::null};
constexpr ber::Tag context(std::uint32_t number) { return {number, ber::TagClass::context}; }
constexpr ber::Member components[] = {
    {.name = "a", .type = 2, .tagged = true, .tag = context(0), .inner_tags = integer_tag},
    {.name = "b", .type = 2, .tagged = true, .optional = true, .tag = context(1)},
    {.name = "c", .type = 1, .tagged = true, .tag = context(5)}};
constexpr ber::Member alternatives[] = {
    {.name = "x", .type = 2, .tagged = true, .tag = ber::tags::integer},
    {.name = "y", .type = 3, .tagged = true, .tag = {7, ber::TagClass::application}, .inner_tags = null_tag}};
constexpr ber::Type types[] = {
    {.name = "S",
     .kind = ber::Kind::sequence,
     .named = true,
     .tagged = true,
     .tag = ber::tags::sequence,
     .members = components},
    {.name = "C",
     .kind = ber::Kind::choice,
     .named = true,
     .tagged = true,
     .tag = context(5),
     .members = alternatives},
    {.name = "INTEGER", .kind = ber::Kind::integer, .tagged = true, .tag = ber::tags::integer},
    {.name = "NULL", .kind = ber::Kind::null, .tagged = true, .tag = ber::tags::null}};
constexpr ber::Schema other{types, ""};

std::string outcome(std::string_view hex) {
  const Bytes in = from_hex(hex);
  const auto size = ber::validate(in, other, types[0], {});
  if (size.ok()) return std::to_string(*size);
  return std::string(name_of(size.error().code)) + ' ' + std::to_string(size.error().offset) + ' ' +
         size.error().path;
}

}  // namespace

TEST_CASE("tags around tags, and components that may be absent") {
  CHECK(outcome("30 0d a0 03 02 01 05 81 01 06 a5 03 02 01 07") == "15");
  CHECK(outcome("30 0a a0 03 02 01 05 a5 03 02 01 07") == "12");
  CHECK(outcome("30 80 a0 80 02 01 05 0000 a5 80 67 80 05 00 0000 0000 0000") == "21");
  CHECK(outcome("30 0a a0 03 04 01 05 a5 03 02 01 07") == "bad_tag 4 S.a");
  CHECK(outcome("30 0a 80 03 02 01 05 a5 03 02 01 07") == "bad_tag 2 S.a");
  CHECK(outcome("30 0c a0 05 02 01 05 05 00 a5 03 02 01 07") == "bad_tag 7 S.a");
  CHECK(outcome("30 09 a0 03 02 01 05 a5 02 47 00") == "bad_tag 9 S.c.y");
  CHECK(outcome("30 05 a0 03 02 01 05") == "bad_tag 7 S.c");
}
