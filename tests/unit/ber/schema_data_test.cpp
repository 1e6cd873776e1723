// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that say what a schema is, and files that don't.
#include "unit/qber/schema_data.hpp"
#include "support/hex.hpp"

#include <qember/advanced/ber/schema_data.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/qber/wire_format.hpp>

using namespace qember;

TEST_CASE("schema data: what is no schema is refused by its line") {
  const auto refusal = [](std::string_view text) { return to_string(ber::SchemaData::parse(text).error()); };
  const std::string first = "qember-schema 1 0123456789abcdef\n";
  REQUIRE(refusal("Qemu DEFINITIONS IMPLICIT TAGS ::=") ==
          "0: line 1: expected qember-schema 1, as in the file schema.data of qember_add_schema, found 51 65 "
          "6d 75 20 44 45 46 ...");
  for (const char* const line :
       {"type", "type A", "type A 9", "type A x", "type A 5 tag 4 1", "type A 5 tag 1 1073741824",
        "member a 0", "type A 1\nmember a 0", "type A 5\nmember - 0", "type A 6\nmember a 0", "type A 6",
        "type A 5 odd", "type A 5\nmember a 7", "type A! 5", "type A 6\nmember - 0\nmember - 0", "other",
        "type A 7\nmember a 0", "type A 7\nmember a 1\ntype B 7\nmember b 0",
        // No tag says where these begin: a SEQUENCE in itself without end, and others.
        "type A 5\nmember a 0", "type A 6\nmember - 1\ntype B 6\nmember - 0",
        "type A 5\nmember a 1\ntype B 1 tag 0 2", "type A 7"})
    CHECK_FALSE(ber::SchemaData::parse(first + line).ok());
  REQUIRE(ber::SchemaData::parse(first + "type A 7\nmember a 0 tag 1 1").ok());

  // Untagged alternatives in one another double what a tag has to be looked for in, whatever is at the end.
  std::string many = first;
  for (int i = 0; i < 60; ++i) {
    const std::string next = std::to_string(i + 1);
    many += "type A 7\nmember a " + next + "\nmember b " + next + "\n";
  }
  for (const char* const last : {"type A 7\nmember a 0 tag 1 1\n", "type A 8\n", "type A 7\n"})
    CHECK_FALSE(ber::SchemaData::parse(many + last).ok());

  // One in another, with the innermost first: as deep as the search goes, and deeper.
  for (const int levels : {64, 65, 2000}) {
    std::string deep = first + "type A 7\nmember a 0 tag 1 1\n";
    for (int i = 1; i < levels; ++i) deep += "type A 7\nmember a " + std::to_string(i - 1) + "\n";
    CHECK(ber::SchemaData::parse(deep).ok() == (levels == 64));
  }
}

TEST_CASE("schema data: what is nearly the library's own schema is refused or can be used") {
  const Bytes device = test::from_hex(
      "7fcdc551 80 020103 3080 7f8f53 80 0c03646576 020101 020100 020101 3080 020105 2480 040161 0000 0000 "
      "5fd34500"
      "0000 0000 0000");
  const auto use = [&device](const std::string& text) {
    const auto data = ber::SchemaData::parse(text);
    if (!data) return;
    static_cast<void>(qber::WireFormat::of((*data)->schema()).ok());
    for (const ber::Type& type : (*data)->schema().types)
      for (const std::size_t at : {0, 10, 14, 28})
        static_cast<void>(ber::validate(ByteView(device).subspan(at), (*data)->schema(), type, {}).ok());
  };
  // Any beginning, any byte changed, and any tag left out.
  const std::string text = test::own_text();
  for (std::size_t size = 0; size < text.size(); size += 3) use(text.substr(0, size));
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    use(changed);
  }
  for (std::size_t at = 0; (at = text.find(" tag ", at)) != std::string::npos; ++at) {
    std::string changed = text;
    const std::size_t number = text.find(' ', at + 5) + 1;
    use(changed.erase(at, text.find_first_of(" \n", number) - at));
  }
}
