// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever an input claims, the library and every verb take time and memory for what it is.
#include "allocations.hpp"
#include "guarded.hpp"
#include "inputs.hpp"
#include "visits.hpp"

#include "fuzz/verbs.hpp"
#include "support/convert.hpp"
#include "support/findings.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

/// Of the input's own buffer, the output's, and what the library keeps anyway.
constexpr std::size_t fixed_cost = std::size_t{2} << 20U;
/// Of the input it takes two bytes at least to be worth a visit; it is read more than once, by `check` and
/// in being converted, and a section first for where it ends, then for whether it is sound, then for its
/// values.
constexpr std::size_t visits_per_byte = 3;
constexpr std::size_t most_visits = 100;
constexpr long most_resident_kib = 64 << 10;

struct Cost {
  std::string code;           ///< of the first finding
  std::size_t bytes = 0;      ///< of the input
  std::size_t visited = 0;    ///< TLVs looked at, and events of the stream
  std::size_t allocated = 0;  ///< bytes in use at once, at most
};

/// What all that is done with an input costs.
Cost take(const HostileInput& hostile) {
  const Bytes in = hostile.make();
  const Limits limits = Limits::untrusted();
  const Chunks chunks = hostile.byte_by_byte ? chunks_of(1) : chunks_of(64 << 10);
  const std::size_t before = allocated();
  forget_peak();
  std::size_t events = 0;
  const auto found = findings(in, chunks, limits, 20, &events);
  Cost cost{found.empty() ? "" : std::string(name_of(found.front().code)), in.size(), 0,
            peak_allocated() - before};
  for (const Error& error : found)
    if (error.offset > in.size()) cost.code = "an offset beyond the input";
  const bool is_ber = in[0] == 0x7f;
  const Converted converted = is_ber ? decode(in, chunks, limits) : encode(in, chunks, {.limits = limits});
  if (found.empty() && converted.error && !is_ber) cost.code = "sound, but not encoded";
  cost.visited = events + visited_tlvs();
  return cost;
}

using Words = std::vector<std::string>;

/// The verbs that look into a stream, IN; what they write is OUT.
const std::vector<Words> looks{{"show", "IN"},
                               {"show", "--json", "IN"},
                               {"ls", "IN"},
                               {"ls", "--count", "IN"},
                               {"ls", "--json", "--sort", "size", "IN"},
                               {"regs", "IN"},
                               {"regs", "--json", "IN"},
                               {"info", "--json", "IN"},
                               {"info", "IN", "--against", "IN"},
                               {"preflight", "IN", "--against", "IN"},
                               {"preflight", "--json", "IN", "--against", "IN"},
                               {"read", "IN", "0", "65536"},
                               {"read", "IN", "r+0", "16"},
                               {"read", "IN", "0", "--virtual"},
                               {"map", "IN"},
                               {"map", "IN", "--svg", "OUT"},
                               {"diff", "IN", "IN"},
                               {"diff", "IN", "IN", "--device", "*", "--quiet"},
                               {"edit", "IN", "-o", "OUT", "--set", "irr=1"},
                               {"edit", "IN", "-o", "OUT", "--drop-section", "*/0", "--machine", "m"},
                               {"edit", "IN", "-o", "OUT", "--drop-section", "d*"},
                               {"edit", "IN", "-o", "OUT", "--machine", "m"},
                               {"extract", "IN", "--ram", "OUT"},
                               {"extract", "IN", "--ram", "OUT", "--partial"},
                               {"extract", "IN", "--elf", "OUT"},
                               {"extract", "IN", "--elf", "OUT", "--paging"},
                               {"extract", "IN", "--raw", "OUT"},
                               {"extract", "IN", "--raw", "OUT", "--place", "r=0"}};

Words with_paths(Words words, const std::string& in, const std::string& out) {
  std::ranges::replace(words, "IN", in);
  std::ranges::replace(words, "OUT", out);
  return words;
}

}  // namespace

TEST_CASE("hostile inputs cost what they are, not what they claim", "[hostile]") {
  REQUIRE(hostile_inputs().size() >= 30);
  std::printf("%-64s %9s %9s %10s %9s  %s\n", "", "bytes", "visited", "allocated", "resident", "found");
  for (const HostileInput& hostile : hostile_inputs()) {
    INFO(hostile.name);
    const Guarded result = run_guarded([&] {
      const Cost cost = take(hostile);
      return fmt::format("{} {} {} {}", cost.bytes, cost.visited, cost.allocated, cost.code);
    });
    CHECK(result.ended.empty());
    std::istringstream said(result.said);
    Cost cost;
    said >> cost.bytes >> cost.visited >> cost.allocated;
    std::getline(said >> std::ws, cost.code);
    std::printf("%-64s %9zu %9zu %10zu %5ld KiB  %s\n", hostile.name.c_str(), cost.bytes, cost.visited,
                cost.allocated, result.resident_kib, cost.code.c_str());
    CHECK(cost.code == hostile.code);
    CHECK(cost.visited > 0);
    CHECK(cost.visited <= most_visits + visits_per_byte * cost.bytes);
    if (!counts_allocations()) continue;
    CHECK(cost.allocated <= fixed_cost + 2 * cost.bytes + hostile.memory);
    CHECK(result.resident_kib < most_resident_kib);
  }
}

TEST_CASE("no verb takes a hostile input for more than it is", "[hostile]") {
  const fuzz::Outputs outputs;
  std::map<std::string, std::size_t> done;  ///< inputs that a verb takes
  for (const HostileInput& hostile : hostile_inputs())
    for (const Words& words : looks) {
      INFO(hostile.name << ": " << fmt::format("{}", fmt::join(words, " ")));
      const Guarded result = run_guarded([&] {
        const fuzz::Stream stream(hostile.make());
        const fuzz::Ran ran = stream.run(with_paths(words, stream.path(), outputs.path("out")));
        return std::to_string(ran.code);
      });
      CHECK(result.ended == "");
      const bool keeps = words.back() == "--partial";
      if (result.said != "0" && !keeps) CHECK(outputs.are_none());
      if (result.said == "0") ++done[words.front()];
      outputs.remove_all();
    }
  for (const Words& words : looks) {
    // No input has CPUs with registers.
    if (words.front() == "regs") continue;
    INFO(words.front());
    CHECK(done[words.front()] > 0);
  }
}
