// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's check: findings and exit codes.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// The second of its two pages is outside its block; its record begins at `page_outside`.
Bytes invalid_stream() {
  return NativeBuilder()
      .configuration("m", 4096)
      .ram(1, {"a"}, 0x4000)
      .part(1)
      .zero("a", 0)
      .zero({}, 0x7000)
      .eos()
      .footer(1)
      .ended(1)
      .eof()
      .bytes();
}
const std::size_t page_outside = invalid_stream().size() - (9 + 8 + 5 + 18 + 1);

struct Files {
  Scratch scratch;
  std::string sound = scratch.file("sound", small_stream().bytes());
  std::string ber = scratch.file("ber", encode(small_stream().bytes()).out);
  std::string invalid = scratch.file("invalid", invalid_stream());
  std::string cut = scratch.file("cut", ByteView(small_stream().bytes()).first(30));
  std::string unsupported = scratch.file("unsupported", Bytes{'Q', 'E', 'V', 'M', 0, 0, 0, 2});
  std::string absent = scratch.path("absent").string();
};

}  // namespace

TEST_CASE("check prints nothing for a sound stream of either form") {
  const Files files;
  for (const std::string& file : {files.sound, files.ber}) {
    const Ran ran = run({"check", file});
    CHECK(ran.code == 0);
    CHECK(ran.out.empty());
    CHECK(ran.error.empty());
    CHECK(run({"check", "-"}, read_file(file)).code == 0);
  }
}

TEST_CASE("a finding is FILE:OFFSET: PATH: expected X, found Y on standard output") {
  const Files files;
  const Ran ran = run({"check", files.invalid});
  CHECK(ran.code == 1);
  const std::string finding =
      ":" + std::to_string(page_outside) +
      ": QEVM.section[1].page[1].addr: expected an address below 0x4000, found 0x7000\n";
  CHECK(ran.out == files.invalid + finding);
  CHECK(ran.error.empty());
  CHECK(run({"check", "-"}, invalid_stream()).out == "-" + finding);
  CHECK(load_be<std::uint64_t>(invalid_stream().data() + page_outside) == (0x7000 | 0x22));
}

TEST_CASE("--json findings are an object a line") {
  const Files files;
  const Ran ran = run({"check", "--json", files.invalid, files.cut});
  std::istringstream lines(ran.out);
  std::vector<nlohmann::ordered_json> findings;
  for (std::string line; std::getline(lines, line);) findings.push_back(nlohmann::ordered_json::parse(line));
  REQUIRE(findings.size() == 2);
  const auto keys = [](const nlohmann::ordered_json& finding) {
    std::vector<std::string> all;
    for (const auto& [key, value] : finding.items()) all.push_back(key);
    return all;
  };
  std::vector<std::string> members{"file", "offset", "path", "code", "expected", "found"};
  CHECK(keys(findings[1]) == members);
  members.emplace_back("rule");
  CHECK(keys(findings[0]) == members);
  CHECK(findings[0]["file"] == files.invalid);
  CHECK(findings[0]["offset"] == page_outside);
  CHECK(findings[0]["code"] == "page_outside_block");
  CHECK(findings[0]["rule"] == "page_within");
  CHECK(findings[1]["code"] == "truncated");
}

TEST_CASE("a finding sends no control characters to a terminal") {
  NativeBuilder native;
  native.configuration("m", 4096).ram(1, {"\x1b[2J\x7f\xff\xe2\x80\xae"}, 0x1000);
  native.part(1).zero("\x1b[31m", 0).eos().footer(1).eof();
  // Two blocks of one name.
  const Bytes ber = from_hex(
      "7fcdc551 80 020103 30 80 7f8f53 80 0c0372616d 020101 020100 020104 7fbe52 80 020100 30 80"
      "30 09 0c041b5b324a 020100 30 09 0c041b5b324a 020100 0000 0000 5fd34500 0000 0000 0000");
  const auto is_clean = [](const Ran& ran) {
    const std::string all = ran.out + ran.error;
    CHECK(ran.code == 1);
    CHECK(all.find("1b") != std::string::npos);
    CHECK(std::ranges::none_of(
        all, [](char byte) { return (byte >= 0 && byte < 0x20 && byte != '\n') || byte == 0x7f; }));
    CHECK(all.find("\xe2\x80\xae") == std::string::npos);
  };
  is_clean(run({"check", "-"}, native.bytes()));
  is_clean(run({"check", "--json", "-"}, native.bytes()));
  is_clean(run({"encode", "-", "-o", "/dev/null"}, native.bytes()));
  is_clean(run({"check", "-"}, ber));
  is_clean(run({"check", "--json", "-"}, ber));
  is_clean(run({"decode", "-", "-o", "/dev/null"}, ber));
}

TEST_CASE("of several files the worst decides: 2, then 1, 3, 4, 0") {
  const Files files;
  const std::pair<std::string, int> ranks[] = {
      {files.absent, 2}, {files.invalid, 1}, {files.cut, 3}, {files.unsupported, 4}, {files.sound, 0}};
  for (std::size_t a = 0; a < std::size(ranks); ++a) {
    for (std::size_t b = 0; b < std::size(ranks); ++b) {
      INFO(ranks[a].first << ' ' << ranks[b].first);
      CHECK(run({"check", ranks[a].first, ranks[b].first}).code == ranks[std::min(a, b)].second);
    }
  }
  const Ran all = run({"check", files.absent, files.unsupported, files.sound, files.cut, files.invalid});
  CHECK(all.code == 2);
  CHECK(std::ranges::count(all.out, '\n') == 3);
  CHECK(all.error.find(files.absent) != std::string::npos);
}

TEST_CASE("what is neither form is a finding") {
  const Ran ran = run({"check", "-"}, Bytes{'n', 'o', 'n', 'e'});
  CHECK(ran.code == 1);
  CHECK(
      ran.out.starts_with("-:0: magic: expected 51 45 56 4d (QEVM) or 7f cd c5 51 (BER), found 6e 6f 6e 65"));
  CHECK(run({"check", "-"}, Bytes{0x7f, 0xcd}).code == 3);
  CHECK(run({"check", "-"}).code == 3);
}
