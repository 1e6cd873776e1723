// SPDX-License-Identifier: LGPL-2.1-or-later
// What the readers refuse, every verb refuses, in the same word.
#include "support/command.hpp"
#include "support/native_builder.hpp"
#include "support/stream_vectors.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace qember;
using namespace qember::test;

namespace {

/// All verbs that read that file; `x` and `d` are for what they write.
std::vector<Arguments> verbs(const std::string& file, bool is_ber, const Scratch& scratch) {
  return {{"check", file},
          {"show", file},
          {"info", file},
          {"map", file},
          {"diff", file, file},
          {"extract", file, "--ram", scratch.path("d").string()},
          {is_ber ? "decode" : "encode", file, "-o", scratch.path("x").string()}};
}

}  // namespace

TEST_CASE("what is out of order is refused by every verb in the same word") {
  const std::set<std::string> rules{"blocks_once", "started_once", "part_before_end"};
  for (const StreamVector& vector : read_stream_vectors("rules.vec")) {
    if (!rules.contains(vector.rule) || vector.accepted) continue;
    const Scratch scratch;
    const std::string file = scratch.file("in", vector.in);
    for (const Arguments& verb : verbs(file, vector.in[0] == 0x7f, scratch)) {
      const Ran ran = run(verb);
      INFO(verb[0] << ": " << ran.out << ran.error << vector.line);
      CHECK(ran.code == (verb[0] == "diff" ? 2 : 1));
      CHECK((ran.out + ran.error)
                .find(std::to_string(vector.offset) + ": " + vector.path + ": " + vector.text) !=
            std::string::npos);
    }
    CHECK(scratch.names() == std::vector<std::string>{"in"});
  }
}

TEST_CASE("what came before a second list of blocks is kept with --partial") {
  for (const StreamVector& vector : read_stream_vectors("rules.vec")) {
    if (vector.rule != "blocks_once" || vector.accepted) continue;
    const Scratch scratch;
    const std::string file = scratch.file("in", vector.in);
    const Ran ran = run({"extract", file, "--ram", scratch.path("d").string(), "--partial"});
    INFO(ran.out << ran.error << vector.line);
    CHECK(ran.code == 1);
    CHECK(ran.error.find(vector.text) != std::string::npos);
    CHECK(std::filesystem::exists(scratch.path("d")) ==
          std::filesystem::exists(scratch.path("d/index.json")));
    CHECK_FALSE(std::filesystem::exists(scratch.path("d/b")));
  }
}

TEST_CASE("`ram` as a FULL is shown as check has it: sound") {
  const Scratch scratch;
  auto stream = NativeBuilder()
                    .configuration("m", 4096)
                    .section(4, 0, "ram", 0, 4)
                    .u64(0x1004)
                    .counted("b0")
                    .u64(0x1000);
  stream.zero("b0", 0).eos().footer(0).eof();
  const std::string file = scratch.file("in", stream.bytes());
  for (const Arguments& verb : verbs(file, false, scratch)) {
    if (verb[0] == "extract") continue;  // which wants pages with contents
    const Ran ran = run(verb);
    INFO(verb[0] << ": " << ran.out << ran.error);
    CHECK(ran.code == 0);
    CHECK(ran.error == "");
  }
  const Ran shown = run({"show", file});
  CHECK(shown.out.find("b0") != std::string::npos);
}
