// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/types.hpp"
#include "support/vectors.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using qember::test::from_hex;
using qember::test::to_hex;

TEST_CASE("what is accepted is encoded in DER") {
  for (const auto& vector : test::read_vectors("accepted.vec")) {
    INFO(vector.line);
    const auto der = test::transcode(vector.type, vector.in);
    if (!der) FAIL(to_string(der.error()));
    CHECK(to_hex(*der) == to_hex(vector.der));
  }
}

TEST_CASE("what is refused is refused where it begins") {
  for (const auto& vector : test::read_vectors("refused.vec")) {
    INFO(vector.line);
    const auto result = test::transcode(vector.type, vector.in);
    REQUIRE_FALSE(result.ok());
    INFO(to_string(result.error()));
    CHECK(name_of(result.error().code) == vector.code);
    CHECK(result.error().offset == vector.offset);
    CHECK(result.error().path == vector.path);
    CHECK_FALSE(result.error().expected.empty());
    CHECK_FALSE(result.error().found.empty());
  }
}

TEST_CASE("SIZE counts before and after the first decode") {
  auto block = asn1::Value<asn1::RAMBlockID>::make();
  block->set_len(1);
  for (int round = 0; round < 2; ++round) {
    block->set_name("");
    CHECK(asn1::encode(*block).error().path == "RAMBlockID.name");
    block->set_name(std::string(256, 'a'));
    CHECK(asn1::encode(*block).error().code == Errc::constraint);
    block->set_name(std::string(255, 'a'));
    const auto der = asn1::encode(*block);
    REQUIRE(der.ok());
    CHECK(asn1::decode<asn1::RAMBlockID>(*der).ok());
  }
}

TEST_CASE("a page has the sizes that the schema allows") {
  auto page = asn1::Value<asn1::FullPage>::make();
  page->set_addr(0);
  const auto encodes = [&](std::size_t size) {
    page->set_data(Bytes(size));
    const auto der = asn1::encode(*page);
    return der.ok() && asn1::decode<asn1::FullPage>(*der).ok();
  };
  CHECK_FALSE(encodes(255));
  CHECK(encodes(256));
  CHECK(encodes(4096));
  CHECK(encodes(65536));
  CHECK_FALSE(encodes(65537));
}

TEST_CASE("integers of 64 bits of either sign come back") {
  for (const Integer value :
       {Integer(0), Integer(127), Integer(128), Integer(255), Integer(~std::uint64_t{0}),
        Integer(std::uint64_t{1} << 63U), Integer::from_signed(-1), Integer::from_signed(-129),
        Integer::from_signed(std::numeric_limits<std::int64_t>::min())}) {
    auto id = asn1::Value<asn1::SectionID>::make();
    id->set(value);
    const auto der = asn1::encode(*id);
    REQUIRE(der.ok());
    const auto back = asn1::decode<asn1::SectionID>(*der);
    REQUIRE(back.ok());
    CHECK((*back)->get() == value);
  }
}

TEST_CASE("decode_front leaves what follows") {
  const Bytes in = from_hex("02 01 05 02 01 06 ff");
  ByteView rest = in;
  CHECK((*asn1::decode_front<asn1::SectionID>(rest))->get() == Integer(5));
  CHECK((*asn1::decode_front<asn1::SectionID>(rest))->get() == Integer(6));
  CHECK(rest.size() == 1);
  CHECK_FALSE(asn1::decode_front<asn1::SectionID>(rest).ok());
  CHECK(rest.size() == 1);
}

TEST_CASE("a section larger than its limit is refused") {
  Limits limits;
  limits.max_section = 2;
  const auto refused = asn1::decode<asn1::SectionID>(from_hex("02 01 05"), limits, 7);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::limit);
  CHECK(refused.error().offset == 7);
}

TEST_CASE("what is not complete is not encoded, and the path says what") {
  auto section = asn1::Value<asn1::SecFull>::make();
  const auto missing = [&] {
    Bytes out{0xaa};
    const Status status = asn1::encode_into(*section, out);
    CHECK(out[0] == 0xaa);
    CHECK((out.size() > 1) == status.ok());
    return status.ok() ? "" : status.error().path;
  };
  CHECK(missing() == "SecFull.name");
  section->set_name("ram");
  CHECK(missing() == "SecFull.sectionid");
  section->set_sectionid(2);
  section->set_instanceid(0);
  section->set_versionid(4);
  CHECK(missing() == "SecFull.contents");
  auto entries = section->contents().make_vmstate().make_vmstateentries();
  entries.append();
  CHECK(missing() == "SecFull.contents.vmstate.vmstateentries[0]");
  entries[0].set_bool(true);
  entries.append().make_array().append().set_oldblob({});
  CHECK(missing().empty());
}

TEST_CASE("values built too deep are not encoded") {
  auto top = asn1::Value<asn1::VMStateEntries>::make();
  asn1::VMStateEntries entry = *top;
  for (int i = 0; i < 63; ++i) entry = entry.make_array().append();
  entry.set_int(1);
  CHECK(asn1::encode(*top).ok());
  entry.make_array().append().set_int(1);
  CHECK(asn1::encode(*top).error().code == Errc::limit);
}

TEST_CASE("asn1c's own constraints are found in the tree") {
  auto file = asn1::Value<asn1::QemuFile>::make();
  for (const Integer version : {Integer(2), Integer::from_signed(-3), Integer(~std::uint64_t{0})}) {
    file->set_version(version);
    const Status status = asn1::check(*file);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().path == "QemuFile.version");
  }
  file->set_version(3);
  CHECK(asn1::check(*file).ok());
}
