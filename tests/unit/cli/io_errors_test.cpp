// SPDX-License-Identifier: LGPL-2.1-or-later
// What the system refuses is said in the system's words, with the name of the file and nothing else.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;

namespace {

struct Files : Scratch {
  Files() {
    file("vm.save", sample());
    file("vm.ber", encode(sample()).out);
  }
  /// What the command says, called by its name among these files.
  Ran say(const std::string& script) const { return shell("cd '" + path("").string() + "'; " + script); }
};

}  // namespace

TEST_CASE("an input that can't be opened or read is named, with the system's message") {
  const Files files;
  const std::vector<std::string> verbs{"check",
                                       "info",
                                       "show",
                                       "map",
                                       "encode",
                                       "encode --der",
                                       "decode",
                                       "extract --ram r",
                                       "extract --elf e",
                                       "extract --raw i",
                                       "diff vm.ber",
                                       "info --against vm.ber"};
  for (const std::string& verb : verbs) {
    INFO(verb);
    const Ran absent = files.say("$QEMBER " + verb + " absent");
    CHECK(absent.code == 2);
    CHECK(absent.error == "qember: absent: No such file or directory\n");
    CHECK(absent.out.empty());
    if (verb == "encode --der") continue;  // a directory can't be read twice
    const Ran directory = files.say("mkdir -p directory; $QEMBER " + verb + " directory");
    CHECK(directory.code == 2);
    CHECK(directory.error == "qember: directory: Is a directory\n");
  }
  const Ran standard = files.say("$QEMBER check - <&-");
  CHECK(standard.code == 2);
  CHECK(standard.error == "qember: standard input: Bad file descriptor\n");
  CHECK(files.names() == std::vector<std::string>{"directory", "vm.ber", "vm.save"});
}

TEST_CASE("an output that can't be written is named, with the system's message") {
  const Files files;
  const std::string full = ": No space left on device\n";
  for (const std::string verb : {"encode vm.save", "encode --der vm.save", "decode vm.ber"}) {
    INFO(verb);
    CHECK(files.say("$QEMBER " + verb + " -o /dev/full").error == "qember: /dev/full" + full);
    CHECK(files.say("$QEMBER " + verb + " > /dev/full").error == "qember: standard output" + full);
    CHECK(files.say("ulimit -f 1; $QEMBER " + verb + " -o out").error == "qember: out: File too large\n");
    CHECK(files.say("$QEMBER " + verb + " -o none/out").error ==
          "qember: none/out: No such file or directory\n");
  }
  for (const std::string verb : {"info", "show", "map"})
    CHECK(files.say("$QEMBER " + verb + " vm.save > /dev/full").error == "qember: standard output" + full);
  CHECK(files.say("$QEMBER map vm.save --svg /dev/full").error == "qember: /dev/full" + full);
  const Ran limited = files.say("ulimit -f 1; $QEMBER extract vm.save --ram ram");
  CHECK(limited.code == 2);
  CHECK(limited.error.starts_with("qember: ram/"));
  CHECK(limited.error.ends_with(": File too large\n"));
  CHECK(files.names() == std::vector<std::string>{"vm.ber", "vm.save"});
}

TEST_CASE("check --json has an object for a file that can't be read") {
  const Files files;
  const Ran ran = files.say("$QEMBER check --json vm.save absent");
  CHECK(ran.code == 2);
  CHECK(ran.error == "qember: absent: No such file or directory\n");
  CHECK(nlohmann::ordered_json::parse(ran.out).dump() ==
        R"({"file":"absent","offset":0,"code":"io","message":"No such file or directory"})");
}
