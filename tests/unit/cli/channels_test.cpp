// SPDX-License-Identifier: LGPL-2.1-or-later
// Channels of a multifd migration are opened once, by those who read them: a FIFO gives its bytes once.
#include "support/channel_builder.hpp"
#include "support/command.hpp"
#include "support/containers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::uint64_t page = 4096;

/// The files `main`, its one channel `channel`, a stream `plain` of the same, and a save of it.
struct Set : Scratch {
  Set() {
    ChannelBuilder channel;
    channel.sync(0).packet({.full = {0, 3 * page}, .zero = {page}, .fill = 5, .number = 1}).sync(2);
    channel.sync(3);
    file("main", main_channel(SyncPoints::records, 3));
    file("channel", channel.bytes());
    const Ran ran = call("$QEMBER unwrap main --channels channel --plain -o plain");
    INFO(ran.error);
    REQUIRE(ran.code == 0);
    file("save", libvirt_save({}, read_file(path("plain"))));
  }
  /// Runs a script among these files.
  Ran call(const std::string& script) const { return shell("cd '" + path("").string() + "'; " + script); }
};

}  // namespace

TEST_CASE("every verb that takes channels takes a FIFO", "[channels]") {
  const Set set;
  for (const std::string verb :
       {"check main --channels $c", "info main --channels $c", "show main --channels $c",
        "ls main --channels $c", "map main --channels $c", "encode main --channels $c -o out",
        "unwrap main --channels $c -o out", "wrap main --channels $c --like save -o out",
        "edit main --channels $c -o out --machine m", "diff main plain --channels $c",
        "diff plain main --channels-b $c", "preflight main --against plain --channels $c",
        "info main --against plain --channels $c", "extract main --channels $c --ram ram --force",
        "extract main --channels $c --raw out --place r=0 --force", "read main r+0 16 --channels $c"}) {
    const Ran files = set.call("c=channel; $QEMBER " + verb + " > expected");
    const Ran ran = set.call("c=fifo; mkfifo $c; cat channel > $c & timeout 10 $QEMBER " + verb +
                             " > text; code=$?; kill $! 2> /dev/null; rm $c; exit $code");
    INFO(verb << ": " << files.error << ran.error);
    CHECK(ran.code == files.code);
    CHECK(ran.error == files.error);
    CHECK(read_file(set.path("text")) == read_file(set.path("expected")));
  }
}

TEST_CASE("--progress=json says of channels only when they are read", "[channels]") {
  const Set set;
  const auto count = [&set](const std::string& verb) {
    const Ran ran = set.call("$QEMBER " + verb + " --progress json > text");
    INFO(verb << ": " << ran.error);
    return std::ranges::count(ran.error, '\n');
  };
  CHECK(count("encode main --channels channel -o out") == 1);
  CHECK(count("edit main --channels channel -o out --machine m") == 1);
  CHECK(count("wrap main --channels channel --like save -o out") == 1);
  CHECK(count("diff main plain --channels channel") == 2);
  CHECK(count("preflight main --against plain --channels channel") == 2);
  CHECK(count("extract main --channels channel --ram ram") == 1);
}

TEST_CASE("edit --for reads channels twice", "[channels]") {
  const Set set;
  const std::string verb = "$QEMBER edit main --for plain -o out --channels ";
  CHECK(set.call(verb + "channel").code == 0);
  const Ran ran = set.call("mkfifo fifo; timeout 10 " + verb + "fifo");
  CHECK(ran.code == 2);
  CHECK_THAT(ran.error, Catch::Contains("--for: expected a file, which is read twice, found fifo"));
}
