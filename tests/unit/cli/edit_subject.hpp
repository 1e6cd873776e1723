// SPDX-License-Identifier: LGPL-2.1-or-later
/// A stream that the command edits, and what became of it.
#pragma once

#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

namespace qember::test {

using Json = nlohmann::ordered_json;

/// A stream on disk, and what became of it.
class Subject {
 public:
  explicit Subject(const Bytes& native) : in_(scratch_.file("in", native)), ber_(encode(native).out) {}

  /// What `diff` says of the stream and what edits made of it, which is sound, goes to BER and back, and is
  /// the same for the stream in BER.
  std::string difference(const Arguments& edits) {
    Arguments words{"edit", in_, "-o", scratch_.path("out").string()};
    words.insert(words.end(), edits.begin(), edits.end());
    const Ran ran = run(words);
    INFO(ran.error);
    REQUIRE(ran.code == 0);
    const Bytes out = read_file(scratch_.path("out"));
    CHECK(findings(out).empty());
    const Converted there = encode(out);
    CHECK(there.out == in_ber(edits));
    CHECK(decode(there.out).out == out);
    return run({"diff", in_, scratch_.path("out").string()}).out;
  }

  /// What the command says of edits that it does not do, and for which it leaves no file.
  std::string refusal(Arguments edits, int code = 2) {
    const Scratch empty;
    edits.insert(edits.begin(), {"edit", in_, "-o", empty.path("out").string()});
    const Ran ran = run(edits);
    CHECK(ran.code == code);
    CHECK(empty.names().empty());
    const auto from = ran.error.find("in: ");
    return from == std::string::npos ? ran.error : ran.error.substr(from + 4);
  }

  /// What became of it last.
  Bytes out() const { return read_file(scratch_.path("out")); }

  std::vector<Json> parts() {
    std::istringstream lines(run({"ls", "--json", in_}).out);
    std::vector<Json> all;
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }

 private:
  Bytes in_ber(Arguments edits) {
    edits.insert(edits.begin(), {"edit", "-"});
    const Ran ran = run(edits, ber_);
    CHECK(ran.code == 0);
    return Bytes(ran.out.begin(), ran.out.end());
  }

  Scratch scratch_;
  std::string in_;
  Bytes ber_;
};

}  // namespace qember::test
