// SPDX-License-Identifier: LGPL-2.1-or-later
// What the command does in a terminal, and must not do elsewhere: progress, a pager, lines that fit.
#include "support/terminal.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using namespace qember;
using namespace qember::test;
using Catch::Contains;
using Catch::StartsWith;

namespace {

using Json = nlohmann::json;

/// Without the sequences that give colours or erase a line.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "\x1b[") == 0)
      at = text.find_first_of("mK", at);
    else
      out += text[at];
  }
  return out;
}

/// Columns of the longest line that has more than one word.
std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(plain(text));
  for (std::string line; std::getline(lines, line);)
    most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(line, [](char byte) {
                      return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80;
                    })));
  return most;
}

std::string words_of(const std::string& text) {
  std::string out;
  std::istringstream words(text);
  for (std::string word; words >> word;) out += word + ' ';
  return out;
}

/// A stream that comes through a pipe, with a pause in the middle of it.
std::string slowly(const std::string& file, const std::string& seconds, const std::string& verb) {
  return "(head -c 1000 " + file + "; sleep " + seconds + "; tail -c +1001 " + file + ") | $QEMBER " + verb;
}

}  // namespace

TEST_CASE("progress is drawn in a terminal, says so when nothing comes, and is gone in the end") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  const Ran ran = in_terminal(slowly(file, "3.3", "check -"));
  INFO(ran.out);
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Contains("standard input: 1000 B, "));
  CHECK_THAT(ran.out, Contains("standard input: 1000 B, nothing read for 0:0"));
  CHECK(ran.out.ends_with("\x1b[K"));
}

TEST_CASE("every verb that reads a stream has progress") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  const std::string out = scratch.path("out").string();
  for (const std::string& verb :
       Arguments{"check -", "info -", "info --json -", "show --device none -", "map --svg " + out,
                 "ls --count -", "encode -o " + out, "unwrap -o " + out, "edit --set none/0:x=1 - -o " + out,
                 "diff - " + file, "preflight - --against " + file, "extract --ram " + out + "d -"}) {
    const Ran ran = in_terminal(slowly(file, "0.9", verb + (verb.starts_with("map") ? " -" : "")) + " > " +
                                scratch.path("text").string());
    INFO(verb << ": " << ran.out);
    CHECK_THAT(ran.out, Contains("standard input: 1000 B, "));
  }
}

TEST_CASE("no progress where standard error is no terminal, or none is wanted") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  CHECK(shell(slowly(file, "0.9", "check -")).error == "");
  CHECK(in_terminal(slowly(file, "0.9", "check --progress never -")).out == "");
  CHECK(in_terminal(slowly(file, "0.9", "check - 2> " + scratch.path("error").string())).out == "");
  CHECK(read_file(scratch.path("error")).empty());
}

TEST_CASE("--progress=json is an object a line, the last one at the end") {
  const Scratch scratch;
  const Bytes stream = sample();
  const std::string file = scratch.file("vm", stream);
  const Ran ran = shell(slowly(file, "2.8", "check --progress=json -"));
  CHECK(ran.code == 0);
  std::vector<Json> records;
  std::istringstream lines(ran.error);
  for (std::string line; std::getline(lines, line);) records.push_back(Json::parse(line));
  REQUIRE(records.size() >= 3);
  CHECK(records[0]["record"] == "progress");
  CHECK(records[0]["file"] == "-");
  CHECK(records[0]["bytes"] == 1000);
  CHECK(records[0]["size"].is_null());
  CHECK(records[0]["seconds_left"].is_null());
  CHECK(std::ranges::any_of(records, [](const Json& json) { return json["seconds_stalled"] >= 2; }));
  CHECK(records.back()["bytes"] == stream.size());
  const Json whole = Json::parse(run({"check", "--progress=json", file}).error);
  CHECK(whole["size"] == stream.size());
  CHECK(whole["bytes"] == stream.size());
  CHECK(run({"check", "--progress=sometimes", file}).code == 2);
}

TEST_CASE("text goes through a pager in a terminal, and nowhere else") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  for (const std::string verb : {"info", "show", "ls", "map", "regs"}) {
    const std::string command = " $QEMBER " + verb + ' ' + file;
    INFO(verb);
    CHECK_THAT(in_terminal("QEMBER_PAGER='sed s/^/paged:/' PAGER=false" + command).out, StartsWith("paged:"));
    CHECK_THAT(in_terminal("unset QEMBER_PAGER; PAGER='sed s/^/paged:/'" + command).out,
               StartsWith("paged:"));
    CHECK_THAT(in_terminal("PAGER='sed s/^/paged:/'" + command + " --no-pager").out, !Contains("paged:"));
    CHECK(shell("PAGER='sed s/^/paged:/'" + command).out == run({verb, file}).out);
  }
}

TEST_CASE("help goes through the pager of what verbs print") {
  for (const std::string help : {"help map", "help", "map --help", "encode -h", "--help"}) {
    const std::string command = "PAGER='sed s/^/paged:/' $QEMBER " + help;
    INFO(help);
    const Ran ran = in_terminal(command);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, StartsWith("paged:Usage: qember "));
    CHECK_THAT(shell(command).out, StartsWith("Usage: qember "));
  }
  for (const std::string other : {"help --no-pager map", "map --no-pager --help", "--version"})
    CHECK_THAT(in_terminal("PAGER='sed s/^/paged:/' $QEMBER " + other).out, !Contains("paged:"));
}

TEST_CASE("a pager changes no exit code, has messages too, and may be none, or one that is not there") {
  const Scratch scratch;
  const Bytes stream = sample();
  const std::string file = scratch.file("vm", stream);
  const std::string cut = scratch.file("cut", ByteView(stream).first(stream.size() / 2));
  const Ran broken = in_terminal("PAGER='sed s/^/paged:/' $QEMBER show " + cut);
  CHECK(broken.code == 3);
  CHECK_THAT(broken.out, Contains("\npaged:qember: " + cut));
  CHECK(in_terminal("PAGER='sed s/^/paged:/' $QEMBER diff " + file + ' ' + file).code == 0);
  for (const std::string none : {"''", "cat", "' '"}) {
    const Ran ran = in_terminal("PAGER=" + none + " $QEMBER info --no-pager " + file);
    CHECK(in_terminal("PAGER=" + none + " $QEMBER info " + file).out == ran.out);
  }
  const Ran missing = in_terminal("PAGER=/not/there $QEMBER info " + file);
  CHECK(missing.code == 0);
  CHECK_THAT(missing.out, StartsWith("qember: pager /not/there: No such file or directory\nmachine "));
}

TEST_CASE("who leaves a pager hears nothing of it") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  const Ran ran = in_terminal("PAGER='sed 1q' $QEMBER show --offsets " + file);
  CHECK_THAT(ran.out, !Contains("qember:"));
  CHECK(std::ranges::count(ran.out, '\n') == 1);
  const Ran piped = shell("$QEMBER show --offsets " + file + " 2>&1 | sed 1q");
  CHECK(plain(ran.out) == piped.out);
}

TEST_CASE("lines fit a terminal, and are as long as they are elsewhere") {
  const Scratch scratch;
  const std::string file = scratch.file("vm", sample());
  const std::string small = scratch.file("small", small_stream().bytes());
  for (const std::string& verb :
       Arguments{"info " + file, "show " + file, "show --offsets " + file, "ls --count " + file,
                 "regs " + file, "map " + file, "diff " + file + ' ' + small,
                 "info --against " + small + ' ' + file, "preflight " + file + " --against " + small}) {
    const Ran ran = in_terminal("PAGER= $QEMBER " + verb);
    INFO(verb << ":\n" << ran.out);
    CHECK(widest(ran.out) <= 80);
    CHECK(widest(ran.out) > 40);
  }
  const Ran piped = shell("$QEMBER info " + file);
  CHECK(widest(piped.out) > 80);
  CHECK(words_of(in_terminal("PAGER= $QEMBER info " + file).out) == words_of(piped.out));
}
