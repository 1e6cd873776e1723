// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of `check`, in both forms: each breaks alone, and is found where it is broken.
#include "event/rule.hpp"
#include "support/findings.hpp"
#include "support/stream_vectors.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace qember;
using namespace qember::test;

namespace {

bool is_ber(const StreamVector& vector) { return vector.in.at(0) == 0x7f; }

/// `CODE at OFFSET: PATH: expected X` of each finding, and `, found Y`: which of an element that is cut is as
/// much as had come.
std::string listed(const std::vector<Error>& found, bool is_whole) {
  std::string lines;
  for (const Error& error : found) {
    lines += std::string(name_of(error.code)) + " at " + std::to_string(error.offset) + ": " + error.path +
             ": expected " + error.expected;
    lines += is_whole ? ", found " + error.found + "\n" : "\n";
  }
  return lines;
}

}  // namespace

TEST_CASE("check finds what rules.vec says, and nothing else") {
  for (const StreamVector& vector : read_stream_vectors("rules.vec"))
    for (const std::size_t size : {vector.in.size(), std::size_t{1}, std::size_t{13}}) {
      INFO("[" << vector.rule << "] " << vector.line << ", in pieces of " << size);
      const bool is_whole = size == vector.in.size();
      const Chunks chunks = chunks_of(size);
      const auto found = findings(vector.in, chunks);
      if (vector.accepted) {
        CHECK(listed(found, is_whole) == "");
        const Converted converted = is_ber(vector) ? decode(vector.in, chunks) : encode(vector.in, chunks);
        CHECK(verdict(converted) == "accepted");
        CHECK((converted.out == vector.out));
        continue;
      }
      const std::string text = is_whole ? vector.text : vector.text.substr(0, vector.text.find(", found "));
      CHECK(listed(found, is_whole) ==
            vector.code + " at " + std::to_string(vector.offset) + ": " + vector.path + ": " + text + "\n");
      REQUIRE_FALSE(found.empty());
      CHECK((found[0].rule.empty() ? name_of(found[0].code) : found[0].rule) == vector.rule);
    }
}

TEST_CASE("every rule is broken in rules.vec, in either form and with its own code") {
  std::set<std::string> native;
  std::set<std::string> ber;
  for (const StreamVector& vector : read_stream_vectors("rules.vec"))
    if (!vector.accepted) (is_ber(vector) ? ber : native).insert(vector.rule + " " + vector.code);
  for (const event::RuleInfo& rule : event::rules()) {
    const std::string wanted = std::string(rule.name) + " " + std::string(name_of(rule.code));
    INFO(wanted);
    CHECK(native.contains(wanted));
    CHECK(ber.contains(wanted));
  }
  for (const std::string wanted : {"missing_end_mark missing_end_mark", "truncated truncated"}) {
    CHECK(native.contains(wanted));
    CHECK(ber.contains(wanted));
  }
}
