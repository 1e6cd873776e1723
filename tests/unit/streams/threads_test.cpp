// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole streams in eight threads at once, of which each comes to what one alone comes to. In a program of its
// own, so that the first use of all there is in the process is by threads.
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <barrier>
#include <thread>

using namespace qember;
using namespace qember::test;

namespace {

struct Outcome {
  Bytes ber;
  Bytes der;
  Bytes native;
  std::vector<std::string> found;

  bool operator==(const Outcome&) const = default;
};

/// Both directions, and what `check` finds in either form.
Outcome take(const Bytes& native, unsigned seed) {
  Outcome outcome;
  outcome.ber = encode(native, prime_chunks(seed)).out;
  outcome.der = encode(native, prime_chunks(seed), {.der = true}).out;
  outcome.native = decode(outcome.ber, prime_chunks(seed)).out;
  for (const Bytes* stream : std::initializer_list<const Bytes*>{&native, &outcome.ber, &outcome.der})
    for (const Error& error : findings(*stream)) outcome.found.push_back(to_string(error));
  return outcome;
}

}  // namespace

TEST_CASE("eight threads take whole streams both ways at once") {
  constexpr unsigned count = 8;
  const std::array<Bytes, 2> streams{sample(), small_stream().bytes()};
  std::array<std::array<Outcome, streams.size()>, count> outcomes;
  std::barrier together(count);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < count; ++thread)
    threads.emplace_back([&, thread] {
      together.arrive_and_wait();
      for (std::size_t i = 0; i < streams.size(); ++i) outcomes[thread][i] = take(streams[i], thread);
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Outcome alone = take(streams[i], count);
    CHECK(alone.native == streams[i]);
    CHECK_FALSE(alone.ber.empty());
    for (unsigned thread = 0; thread < count; ++thread) CHECK(outcomes[thread][i] == alone);
  }
}
