// SPDX-License-Identifier: LGPL-2.1-or-later
// What holds for the output of every verb: it is written or that is said, nothing of a broken run stays, and
// the input is never written over.
#include "support/command.hpp"
#include "support/containers.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

using namespace qember;
using namespace qember::test;

namespace {

/// As the shell is to call them, with a stream `x`, its BER `b` and a faulty one `bad`.
const std::vector<std::string>& verbs_that_print() {
  static const std::vector<std::string> all{"encode x",
                                            "encode --der x",
                                            "decode b",
                                            "check bad",
                                            "check --json bad",
                                            "info x",
                                            "info --json x",
                                            "info x --against b",
                                            "show x",
                                            "show --json x",
                                            "diff x other",
                                            "diff --json x other",
                                            "map x",
                                            "map x --svg -",
                                            "ls x",
                                            "ls --json x",
                                            "regs x",
                                            "read x microvm.ram+0 16",
                                            "preflight x --against other",
                                            "edit x --machine m",
                                            "unwrap x",
                                            "unwrap --plain b",
                                            "wrap b --like save",
                                            "--help",
                                            "--version",
                                            "extract --help"};
  return all;
}

const std::vector<std::string>& verbs_that_write() {
  static const std::vector<std::string> all{
      "encode $in -o $out",     "encode --der $in -o $out",
      "unwrap $in -o $out",     "wrap $in --like save -o $out",
      "map $in --svg $out",     "extract $in --elf $out --hole 0x1000:0x2000",
      "extract $in --raw $out", "edit $in -o $out --machine m"};
  return all;
}

struct Streams : Scratch {
  Streams() {
    const Bytes native = sample();
    file("x", native);
    file("b", encode(native).out);
    file("bad", ByteView(native).first(native.size() / 2));
    file("other", small_stream().bytes());
    file("save", libvirt_save({}, native));
  }
  /// Runs a script among these files.
  Ran run(const std::string& script) const { return shell("cd '" + path("").string() + "'; " + script); }
};

bool has_control(const std::string& text) {
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
}

}  // namespace

TEST_CASE("output that cannot be written is exit code 2, and said") {
  const Streams streams;
  for (const std::string& verb : verbs_that_print())
    for (const std::string to : {" > /dev/full", " >&-"}) {
      const Ran ran = streams.run("$QEMBER " + verb + to);
      INFO(verb << to << ": " << ran.error);
      CHECK(ran.code == 2);
      CHECK(ran.error.find(to == " >&-" ? "Bad file descriptor" : "No space left") != std::string::npos);
    }
}

TEST_CASE("a reader that has gone away is exit code 2, and nothing is said of it") {
  const Streams streams;
  for (const std::string& verb : verbs_that_print()) {
    const Ran ran = streams.run("mkfifo f; { sleep 0.1; $QEMBER " + verb +
                                "; echo $? > code; } > f 2> said & : < f; wait; rm f; cat code said");
    INFO(verb);
    CHECK(ran.out == "2\n");
  }
}

TEST_CASE("messages that nobody takes change no exit code") {
  const Streams streams;
  for (const std::string to : {"2> /dev/full", "2>&-"}) {
    CHECK(streams.run("$QEMBER info bad > out " + to).code == 3);
    CHECK(streams.run("$QEMBER encode bad -o out " + to).code == 3);
    CHECK(streams.run("$QEMBER nonsense " + to).code == 2);
  }
}

TEST_CASE("descriptors 0 to 2 are never a file of the command's own") {
  const Streams streams;
  for (const std::string& verb : verbs_that_write()) {
    const Ran ran = streams.run("in=x out=whole; eval $QEMBER " + verb +
                                " 2> said; echo $?; out=closed; (exec <&- >&- 2>&-; eval $QEMBER " + verb +
                                "); cmp whole closed");
    INFO(verb << ": " << ran.out << ran.error);
    CHECK(ran.out == "0\n");
    CHECK(ran.code == 0);
  }
}

TEST_CASE("no verb writes over its own input, by whatever name") {
  const Streams streams;
  for (const std::string& verb : verbs_that_write())
    for (const std::string call :
         {"in=x out=x", "in=x out=soft", "in=soft out=x", "in=x out=hard", "in=hard out=./x"}) {
      const Ran ran = streams.run("cp x kept; ln -sf x soft; ln -f x hard; " + call + "; eval $QEMBER " +
                                  verb + " --force; echo $?; cmp x kept && ls");
      INFO(verb << ", " << call << ": " << ran.out << ran.error);
      CHECK(ran.out == "2\nb\nbad\nhard\nkept\nother\nsave\nsoft\nx\n");
    }
  CHECK(streams
            .run("mkdir d; cp x d/microvm.ram; $QEMBER extract d/microvm.ram --ram d --force; echo $?; cmp x "
                 "d/microvm.ram "
                 "&& ls -A d")
            .out == "2\nmicrovm.ram\n");
  const std::string target = streams.run("cp x kept; $QEMBER edit x -o other --for other; echo $?").out;
  CHECK(target == "2\n");
  for (const std::string& edit : {std::string("--memory 'pc.bios+0=@out'"), std::string("--script out")})
    CHECK(
        streams.run("printf abcd > out; $QEMBER edit x -o out " + edit + " --force; echo $?; cat out").out ==
        "2\nabcd");
  CHECK(streams.run("cp x y; $QEMBER encode - < y 1<> y; echo $? >&2; cmp x y").error.ends_with("2\n"));
}

TEST_CASE("a link that names nothing yet is followed") {
  const Streams streams;
  for (const std::string& verb : verbs_that_write()) {
    const Ran ran = streams.run("ln -sf later link; in=x out=link; eval $QEMBER " + verb +
                                " 2> said; echo $?; test -h link && test -f later; rm later");
    INFO(verb << ": " << ran.error);
    CHECK(ran.out == "0\n");
    CHECK(ran.code == 0);
  }
}

TEST_CASE("all files of an extraction, or none") {
  const Streams streams;
  const std::string setup = "rm -rf d; mkdir -p d/index.json; echo old > d/microvm.ram; ";
  CHECK(streams.run(setup + "$QEMBER extract x --ram d --force; echo $?; ls -A d; cat d/microvm.ram").out ==
        "2\nindex.json\nmicrovm.ram\nold\n");
  // One form that fails takes the other with it.
  CHECK(streams.run("$QEMBER extract other --ram e --elf core; echo $?; ls -d e core").out == "4\n");
  // A core in the place of a block or the index would take it.
  CHECK(streams
            .run("mkdir n; for c in n/microvm.ram n/index.json ./n/../n/pc.bios; do "
                 "$QEMBER extract x --ram n --elf $c --force; echo $?; ls -A n; done")
            .out == "2\n2\n2\n");
  CHECK(streams.run("$QEMBER extract x --ram n --elf n/core; echo $?; ls -A n").out ==
        "0\ncore\nindex.json\nmicrovm.ram\npc.bios\n");
}

TEST_CASE("a signal removes what is half-made, and ends the command") {
  const Streams streams;
  std::vector<std::string> verbs{
      "encode f -o out",     "unwrap f -o out",     "wrap f --like save -o out",      "map f --svg out",
      "extract f --elf out", "extract f --ram out", "extract f --ram out --elf core", "extract f --raw out"};
  for (const std::string& verb : verbs)
    for (const auto& [name, number] : {std::pair("TERM", SIGTERM), {"HUP", SIGHUP}, {"INT", SIGINT}}) {
      const Streams fresh;
      // A shell has SIGINT ignored in what it runs in the background; nohup does that with SIGHUP.
      const Ran ran = fresh.run(
          "mkfifo f; ls -A > before; touch before; ls -A > before; head -c 100000 x > part; ls -A > before; "
          "python3 -c 'import os,signal,sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
          "os.execv(sys.argv[1], sys.argv[1:])' $QEMBER " +
          verb + " & pid=$!; exec 3> f; cat part >&3; sleep 0.1; kill -" + name +
          " $pid; wait $pid; echo $?; ls -A | diff before -");
      INFO(verb << ", " << name << ": " << ran.error);
      CHECK(ran.out == std::to_string(128 + number) + "\n");
    }
}

TEST_CASE("names in streams and of files send no control characters to a terminal, from any verb") {
  const Streams streams;
  const std::string name = "evil\x1b]0;\a\x7f";
  NativeBuilder to;
  to.configuration("pc" + name)
      .ram(1, {"pc.ram", name}, 0x1000)
      .part(1)
      .zero("pc.ram", 0)
      .eos()
      .footer(1)
      .ended(1);
  streams.file("evil", to.device(2, name, Bytes(3, 1)).eof().bytes());
  streams.file(name, to.bytes());
  for (const std::string& file : {std::string("evil"), "'" + name + "'"})
    for (const std::string verb : {"check",
                                   "check --json --max-errors 1",
                                   "info",
                                   "info --json",
                                   "info --against other",
                                   "info --json --against other",
                                   "show",
                                   "show --json",
                                   "diff other",
                                   "diff --json other",
                                   "map",
                                   "map --svg -",
                                   "ls",
                                   "ls --json",
                                   "regs",
                                   "read pc.ram+0 16",
                                   "preflight --against other",
                                   "preflight --json --against other",
                                   "edit -o out --set nothing=1",
                                   "edit -o out --machine m",
                                   "extract --elf core",
                                   "extract --raw image",
                                   "extract --ram d --block nothing",
                                   "extract --ram e",
                                   "decode",
                                   "encode -o out",
                                   "unwrap -o out",
                                   "wrap --like save -o out"}) {
      const Ran ran = streams.run("$QEMBER " + verb + " " + file);
      INFO(verb);
      CHECK_FALSE(has_control(ran.out));
      CHECK_FALSE(has_control(ran.error));
    }
}

TEST_CASE("what cannot be is usage") {
  const Streams streams;
  for (const std::string call :
       {"extract x --elf c --hole 0x1000:0xfffffffffffff000", "check x --max-errors -1",
        "check x --max-errors 0", "info --against - - < x", "check - - < x", "diff - - < x",
        "cat x | $QEMBER check /dev/stdin -", "encode x -o ''", "encode x -o nowhere/", "wrap x",
        "wrap x --like x", "wrap x --like save --xml nothing", "wrap x --like save -o save",
        "check x b --channels c", "encode - --channels - < x"}) {
    const Ran ran = streams.run(call.starts_with("cat") ? call : "$QEMBER " + call);
    INFO(call << ": " << ran.error);
    CHECK(ran.code == 2);
    CHECK(ran.error.size() < 300);
  }
  for (const std::string verb :
       {"edit x --machine m -o other --channels other", "map x --svg other --channels other",
        "extract x --raw other --channels other", "unwrap x -o other --channels other"}) {
    const Ran ran = streams.run("cp other kept; $QEMBER " + verb + " --force; echo $?; cmp other kept");
    INFO(verb << ran.error);
    CHECK(ran.out == "2\n");
    CHECK(ran.error.find("another file than the input") != std::string::npos);
  }
  for (const std::string call :
       {"diff x x --channels f --channels-b f", "wrap - --like - < save", "show - --channels - < x",
        "regs - --channels - < x", "read - r+0 --channels - < x", "ls - --channels - < x",
        "mount - . --channels - < x"}) {
    const Ran ran = streams.run("test -p f || mkfifo f; $QEMBER " + call);
    INFO(call);
    CHECK(ran.code == 2);
    CHECK(ran.error.find("to be named once") != std::string::npos);
  }
  const Ran channel = streams.run("$QEMBER encode x --channels other -o other --force");
  CHECK(channel.code == 2);
  CHECK(channel.error.find("another file than the input") != std::string::npos);
}
