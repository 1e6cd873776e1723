// SPDX-License-Identifier: LGPL-2.1-or-later
// The command ended in the middle of its work, 20 times in each way: no file at a final name that is not
// whole, no end mark in a stream that is not.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::size_t times = 20;

/// A verb that writes, as the shell is to call it.
struct Verb {
  std::string to_file;  ///< reads `$in`, writes `$out`
  std::string to_pipe;  ///< the same to standard output; empty where it can't
  Bytes in;
  Bytes out;                  ///< the stream that it writes; empty where it writes something else
  bool reads_twice = false;   ///< and so no pipe
  bool is_directory = false;  ///< what it writes

  /// Where to break off, of 20 places across the input.
  std::size_t part(std::size_t turn) const { return in.size() * (2 * turn + 1) / (2 * times); }
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = [] {
    const Bytes native = sample();
    const Bytes ber = encode(native).out;
    const Bytes der = encode(native, whole(), {.der = true}).out;
    return std::vector<Verb>{
        {"encode $in -o $out", "encode $in", native, ber},
        {"decode $in -o $out", "decode $in", ber, native},
        {"encode --der $in -o $out", "encode --der $in", native, der, true},
        {"edit $in -o $out", "edit $in", native, native},
        {"unwrap $in -o $out", "unwrap $in", native, native},
        {"unwrap --plain $in -o $out", "unwrap --plain $in", ber, native},
        {"extract $in --ram $out", "", native, {}, false, true},
        {"extract $in --elf $out", "", native, {}},
        {"extract $in --raw $out", "", native, {}},
        {"map $in --svg $out", "map $in --svg -", native, {}},
    };
  }();
  return all;
}

constexpr std::string_view functions = R"sh(
  start() { eval "exec $QEMBER $verb"; }
  run() { (start); }
  # What stands at a final name: nothing, what was there before, or all of it.
  sound() {
    [ -e $1 ] || return 0
    if [ -d $1 ]; then [ -z "$(ls $1)" ] || diff -r $1 expected; return; fi
    [ "$(head -c 4 $1)" = old ] || cmp $1 expected
  })sh";

/// Runs the script where `whole` is the input, `expected` what is made of it and `old` a file, and requires
/// that it says nothing.
void silent(const Scratch& scratch, const Verb& verb, const std::string& call, std::size_t turn,
            const std::string& script) {
  scratch.file("whole", verb.in);
  scratch.file("old", as_bytes("old\n"));
  const Ran ran = shell(
      fmt::format("{}\ncd '{}'\npart={}\nturn={}\nverb='{}'\nin=whole out=expected\n{{ {}\ntrue\n}} 2> said",
                  functions, scratch.path("").string(), verb.part(turn), turn, call, script));
  INFO(call << ", turn " << turn << ": " << ran.error << as_text(read_file(scratch.path("said"))));
  CHECK(ran.out == "");
  CHECK(ran.code == 0);
}

/// What went into a pipe is the front of the output, and does not look whole.
void is_a_part(const Bytes& piece, const Verb& verb) {
  REQUIRE(piece.size() < verb.out.size());
  CHECK(std::equal(piece.begin(), piece.end(), verb.out.begin()));
  if (piece.empty()) return;
  const auto found = findings(piece);
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().code == Errc::truncated);
}

}  // namespace

TEST_CASE("kill -9 leaves no file at its final name, nor harms one that is there", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      // Where the input can be no pipe that waits, some milliseconds are a place in the middle, or the end.
      silent(scratch, verb, verb.to_file, turn,
             verb.reads_twice ? R"sh(
        run || echo "exit $?"
        out=new; [ $((turn % 2)) = 0 ] || out=old
        start & pid=$!
        sleep 0.00$((turn / 2))
        kill -9 $pid
        wait $pid
        sound new
        sound old)sh"
                              : R"sh(
        run || echo "exit $?"
        mkfifo fifo
        in=fifo out=new
        [ -d expected ] || [ $((turn % 2)) = 0 ] || out=old
        start & pid=$!
        exec 3> fifo
        head -c $part whole >&3
        sleep 0.02
        kill -9 $pid
        wait $pid
        sound new
        sound old
        [ ! -f new ] || echo "new is there")sh");
    }
}

TEST_CASE("kill -9 gives a pipe no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times && !verb.to_pipe.empty(); ++turn) {
      const Scratch scratch;
      if (verb.reads_twice) {
        // The pipe is full, and nobody reads on.
        silent(scratch, verb, verb.to_pipe, turn, R"sh(
          mkfifo fifo
          start > fifo & pid=$!
          exec 3< fifo
          head -c $((part / 2)) <&3 > piece
          kill -9 $pid
          wait $pid
          cat <&3 >> piece)sh");
      } else {
        silent(scratch, verb, verb.to_pipe, turn, R"sh(
          mkfifo fifo
          in=fifo
          start > piece & pid=$!
          exec 3> fifo
          head -c $part whole >&3
          sleep 0.02
          kill -9 $pid
          wait $pid)sh");
      }
      if (verb.out.empty())
        CHECK(read_file(scratch.path("piece")).empty());
      else
        is_a_part(read_file(scratch.path("piece")), verb);
    }
}

TEST_CASE("a disk that is full leaves no file", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      // A limit to the size of files is a disk that is full, for one who may not mount any.
      silent(scratch, verb, verb.to_file, turn, R"sh(
        run || echo "exit $?"
        pages=$(find expected -type f -exec stat -c %b {} + | awk '{ sum += $1 } END { print int(sum / 8) }')
        room=$((pages * (2 * turn + 1) / 40))
        [ $room -lt $pages ] || room=$((pages - 1))
        [ $room -gt 0 ] || room=1
        mkdir disk
        out=disk/out
        if mount -t tmpfs -o size=$((room * 4))k none disk; then
          run
          code=$?
          names=$(ls -A disk)
          umount disk
        else
          trap '' XFSZ
          ulimit -f $((room * 8))
          run
          code=$?
          names=$(ls -A disk)
        fi
        [ $code = 2 ] || echo "exit $code with $room of $pages"
        [ -z "$names" ] || echo "left: $names")sh");
    }
}

TEST_CASE("a pipe that is closed gets no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times && !verb.to_pipe.empty(); ++turn) {
      const Scratch scratch;
      // Less by what a pipe holds, so that it is closed before all is written.
      silent(scratch, verb, verb.to_pipe, turn,
             verb.out.empty() ? R"sh(
        mkfifo fifo
        in=fifo
        { run; echo $? > code; } | true & exec 3> fifo
        sleep 0.02
        cat whole >&3
        exec 3>&-
        wait
        [ "$(cat code)" = 2 ] || echo "exit $(cat code)"
        : > piece)sh"
                              : R"sh(
        { run; echo $? > code; } | head -c $((part / 8)) > piece
        [ "$(cat code)" = 2 ] || echo "exit $(cat code)")sh");
      if (!verb.out.empty()) is_a_part(read_file(scratch.path("piece")), verb);
    }
}

TEST_CASE("an input that vanishes leaves no file, and gives a pipe no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      silent(scratch, verb, verb.to_file, turn,
             verb.reads_twice ? R"sh(
        head -c $part whole > cut
        in=cut out=out
        run
        [ $? = 3 ] || echo "exit is not 3"
        ls -A | grep out)sh"
                              : R"sh(
        in=- out=out
        head -c $part whole | run
        [ $? = 3 ] || echo "exit is not 3"
        ls -A | grep out)sh");
      if (verb.to_pipe.empty()) continue;
      silent(scratch, verb, verb.to_pipe, turn, R"sh(
        head -c $part whole > cut
        in=cut
        run > piece
        [ $? = 3 ] || echo "exit is not 3")sh");
      if (verb.out.empty())
        CHECK(read_file(scratch.path("piece")).empty());
      else
        is_a_part(read_file(scratch.path("piece")), verb);
    }
}
