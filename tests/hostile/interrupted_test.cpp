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

/// A verb that writes, and a whole input for it.
struct Verb {
  std::string name;
  Bytes in;
  Bytes out;

  /// Where to break off, of 20 places across the input.
  std::size_t part(std::size_t turn) const { return in.size() * (2 * turn + 1) / (2 * times); }
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> both = [] {
    const Bytes native = sample();
    const Bytes ber = encode(native).out;
    return std::vector<Verb>{{"encode", native, ber}, {"decode", ber, native}};
  }();
  return both;
}

/// Sets the names of the files, runs the script, and requires that it says nothing.
void silent(const Scratch& scratch, const Verb& verb, std::size_t part, const std::string& script) {
  const Ran ran = shell(fmt::format("cd '{}' && verb={} part={} && {{\n{}\n}}", scratch.path("").string(),
                                    verb.name, part, script));
  INFO(verb.name << " after " << part << ": " << ran.error);
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
      scratch.file("whole", verb.in);
      scratch.file("old", Bytes{'o', 'l', 'd'});
      silent(scratch, verb, verb.part(turn), R"sh(
        mkfifo in
        out=new; [ $((part % 2)) = 0 ] || out=old
        $QEMBER $verb in -o $out & pid=$!
        exec 3> in
        head -c $part whole >&3
        sleep 0.02
        kill -9 $pid
        wait $pid 2> wait.err
        [ ! -e new ] || echo "new is there"
        [ "$(cat old)" = old ] || echo "old is another")sh");
    }
}

TEST_CASE("kill -9 gives a pipe no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      scratch.file("whole", verb.in);
      silent(scratch, verb, verb.part(turn), R"sh(
        mkfifo in
        $QEMBER $verb in > piece & pid=$!
        exec 3> in
        head -c $part whole >&3
        sleep 0.02
        kill -9 $pid
        wait $pid 2> wait.err
        true)sh");
      is_a_part(read_file(scratch.path("piece")), verb);
    }
}

TEST_CASE("a disk that is full leaves no file", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      scratch.file("whole", verb.in);
      // A limit to the size of files is a disk that is full, for one who may not mount any.
      silent(scratch, verb, verb.part(turn), R"sh(
        mkdir disk
        mounted=no
        mount -t tmpfs -o size=$((part / 1024 + 1))k none disk 2> mount.err && mounted=yes
        trap '' XFSZ
        [ $mounted = yes ] || ulimit -f $((part / 1024 + 1))
        $QEMBER $verb whole -o disk/out 2> err
        code=$?
        names=$(ls -A disk)
        [ $mounted = no ] || umount disk
        [ $code = 2 ] || echo "exit $code"
        [ -z "$names" ] || echo "left: $names")sh");
    }
}

TEST_CASE("a pipe that is closed gets no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      scratch.file("whole", verb.in);
      // Less by what a pipe holds, so that it is closed before all is written.
      silent(scratch, verb, verb.part(turn) / 8, R"sh(
        { $QEMBER $verb whole 2> err; echo $? > code; } | head -c $part > piece
        [ "$(cat code)" = 2 ] || echo "exit $(cat code)")sh");
      is_a_part(read_file(scratch.path("piece")), verb);
    }
}

TEST_CASE("an input that vanishes leaves no file, and gives a pipe no end mark", "[interrupted]") {
  for (const Verb& verb : verbs())
    for (std::size_t turn = 0; turn < times; ++turn) {
      const Scratch scratch;
      scratch.file("whole", verb.in);
      silent(scratch, verb, verb.part(turn), R"sh(
        head -c $part whole | $QEMBER $verb - -o out 2> err
        [ $? = 3 ] || echo "exit is not 3"
        [ ! -e out ] || echo "out is there"
        ls | grep out
        head -c $part whole | $QEMBER $verb > piece 2> err
        [ $? = 3 ] || echo "exit is not 3")sh");
      is_a_part(read_file(scratch.path("piece")), verb);
    }
}
