// SPDX-License-Identifier: LGPL-2.1-or-later
// What anyone tries first: help in several places, the version, words that are mistyped.
#include "support/command.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

const std::vector<std::string> verbs{"encode", "decode",    "unwrap", "wrap", "check", "info",
                                     "ls",     "show",      "regs",   "read", "diff",  "extract",
                                     "map",    "preflight", "edit",   "help", "mount"};

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) longest = std::max(longest, line.size());
  return longest;
}

/// The first line of what is said.
std::string said(const Arguments& arguments) {
  const Ran ran = run(arguments);
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  return ran.error.substr(0, ran.error.find('\n'));
}

}  // namespace

TEST_CASE("help is where it is looked for, and fits 80 columns") {
  for (const std::string& verb : verbs) {
    const Ran ran = run({verb, "--help"});
    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, Catch::StartsWith("Usage: qember " + verb + " [OPTION]..."));
    CHECK_THAT(ran.out, !Catch::Contains("Option Group"));
    CHECK(longest_line(ran.out) <= 80);
    CHECK(run({"help", verb}).out == ran.out);
    CHECK(run({verb, "-h"}).out == ran.out);
    CHECK_THAT(run({"help"}).out, Catch::Contains("\n  " + verb + ' '));
  }
  CHECK(run({"help"}).out == run({"--help"}).out);
}

TEST_CASE("-V prints what --version prints") {
  CHECK(run({"-V"}).code == 0);
  CHECK(run({"-V"}).out == run({"--version"}).out);
}

TEST_CASE("FILE is required alike") {
  for (const char* const verb : {"check", "info", "ls", "show", "regs", "extract", "map", "edit", "mount"})
    CHECK(said({verb}) == std::string("qember ") + verb + ": FILE is required");
}

TEST_CASE("a schema that does not extend the library's own is refused by its fingerprint") {
  const Scratch scratch;
  const std::string file =
      scratch.file("other.data", as_bytes("qember-schema 1 0123456789abcdef\ntype A 1 tag 0 2\n"));
  CHECK(said({"check", "--schema", file, "stream"}) ==
        "qember check: --schema: 0: " + file +
            ": QemuFile: expected a type of that name, found none (schema 0123456789abcdef)");
}

TEST_CASE("what is mistyped is answered with what was meant") {
  CHECK(said({"shw", "x"}) == "qember: no verb shw; did you mean show?");
  CHECK(said({"difff"}) == "qember: no verb difff; did you mean diff?");
  CHECK(said({"hsow"}) == "qember: no verb hsow; did you mean show?");
  CHECK(said({"frobnicate"}) == "qember: no verb frobnicate");
  CHECK(said({"show", "--devise", "cpu", "x"}) == "qember show: no option --devise; did you mean --device?");
  CHECK(said({"show", "--josn"}) == "qember show: no option --josn; did you mean --json?");
  CHECK(said({"help", "dif"}) == "qember help: VERB: no verb dif; did you mean diff?");
  CHECK(said({"diff", "a", "b", "c"}) == "qember diff: one argument too many: c");
  CHECK(said({"\x1b[2J"}) == "qember: no verb \\x1b[2J");
}
