// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that say what a schema is, and files that don't.
#include "unit/qber/schema_data.hpp"

#include <qember/advanced/ber/schema_data.hpp>
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
        "type A 7\nmember a 0", "type A 7\nmember a 1\ntype B 7\nmember b 0"})
    CHECK_FALSE(ber::SchemaData::parse(first + line).ok());
  REQUIRE(ber::SchemaData::parse(first + "type A 7\nmember a 0 tag 1 1").ok());

  // Untagged alternatives in one another double what a tag has to be looked for in.
  std::string many = first;
  for (int i = 0; i < 60; ++i) {
    const std::string next = std::to_string(i + 1);
    many += "type A 7\nmember a " + next + "\nmember b " + next + "\n";
  }
  REQUIRE_FALSE(ber::SchemaData::parse(many + "type A 1\n").ok());

  // Any beginning, and any byte changed: refused or not, and nothing worse.
  const std::string text = test::own_text();
  for (std::size_t size = 0; size < text.size(); size += 3)
    if (const auto data = ber::SchemaData::parse(text.substr(0, size)))
      static_cast<void>(qber::WireFormat::of((*data)->schema()).ok());
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    if (const auto data = ber::SchemaData::parse(changed))
      static_cast<void>(qber::WireFormat::of((*data)->schema()).ok());
  }
}
