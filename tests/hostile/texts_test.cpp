// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs that print what they see: their input ends early, or their output cannot be written.
#include "support/command.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace qember;
using namespace qember::test;

namespace {

/// As the shell is to call it: the stream is `$in`, `other` another one.
struct Verb {
  std::string call;
  int code = 0;  ///< of the whole stream
};

const std::vector<Verb> verbs{{"check $in", 1},
                              {"check --json $in", 1},
                              {"show $in"},
                              {"show --json $in"},
                              {"ls $in"},
                              {"ls --json $in"},
                              {"regs $in"},
                              {"regs --json $in"},
                              {"info $in"},
                              {"info --json $in"},
                              {"map $in"},
                              {"map $in --svg -"},
                              {"info $in --against whole"},
                              {"diff $in other", 1},
                              {"diff --json $in other", 1},
                              {"diff --no-ram $in other", 1}};

/// The shipped stream with a fault behind its end, so that `check` has something to say, too.
Bytes whole_stream() {
  Bytes bytes = sample();
  bytes.insert(bytes.end(), {'m', 'o', 'r', 'e'});
  return bytes;
}

/// Runs the script and requires that it says nothing. `run` is the verb, `said` what it says to its error.
void silent(const Verb& verb, const std::string& script) {
  const Scratch scratch;
  scratch.file("whole", whole_stream());
  scratch.file("other", small_stream().bytes());
  const Ran ran = shell(fmt::format(R"sh(cd '{}'
    verb='{}' code={} in=whole
    run() {{ eval "$QEMBER $verb" 2> said; }}
    {}
    true)sh",
                                    scratch.path("").string(), verb.call, verb.code, script));
  INFO(verb.call << ": " << ran.error);
  CHECK(ran.out == "");
  CHECK(ran.code == 0);
}

}  // namespace

TEST_CASE("an input that ends early is exit 3, from a file and from a pipe alike", "[interrupted]") {
  for (const Verb& verb : verbs)
    silent(verb, R"sh(
      run > expected
      [ $? = $code ] || echo "exit of the whole: $? $(cat said)"
      size=$(stat -c %s whole)
      for part in 0 3 8 100 $((size / 3)) $((size - 100)); do
        head -c $part whole > cut
        in=cut; run > file
        [ $? = 3 ] || echo "exit of $part bytes: $?, $(cat said)"
        grep -qE '^(cut:|qember: cut:|\{)' said file || echo "nothing is said of $part bytes"
        in=-; run < cut > pipe
        [ $? = 3 ] || echo "exit of $part bytes from a pipe: $?"
      done)sh");
}

TEST_CASE("an output that is full is exit 2, and said", "[interrupted]") {
  for (const Verb& verb : verbs)
    silent(verb, R"sh(
      run > /dev/full
      [ $? = 2 ] || echo "exit $?"
      [ -s said ] || echo 'nothing is said'
      run >&-
      [ $? = 2 ] || echo "exit $? without an output"
      [ -s said ] || echo 'nothing is said without an output')sh");
}

TEST_CASE("a reader that goes away is exit 2, and nothing is said", "[interrupted]") {
  for (const Verb& verb : verbs)
    silent(verb, R"sh(
      mkfifo fifo
      in=fifo
      { run; echo $? > got; } | true & exec 3> fifo
      sleep 0.02
      cat whole >&3
      exec 3>&-
      wait
      [ "$(cat got)" = 2 ] || echo "exit $(cat got)"
      [ ! -s said ] || cat said)sh");
}
