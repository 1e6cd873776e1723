// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever an input claims, `check`, `encode` and `decode` take time and memory for what it is.
#include "allocations.hpp"
#include "guarded.hpp"
#include "inputs.hpp"

#include "support/convert.hpp"
#include "support/findings.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// Of the input's own buffer, the output's, and what the library keeps anyway.
constexpr std::size_t fixed_cost = std::size_t{2} << 20U;
constexpr long most_resident_kib = 64 << 10;

/// All that is done with an input; what it says is the first finding, and the memory that it took.
std::string take(const HostileInput& hostile) {
  const Bytes in = hostile.make();
  const Limits limits = Limits::untrusted();
  const Chunks chunks = hostile.byte_by_byte ? chunks_of(1) : chunks_of(64 << 10);
  const std::size_t before = allocated();
  forget_peak();
  const auto found = findings(in, chunks, limits);
  for (const Error& error : found)
    if (error.offset > in.size()) return "an offset beyond the input";
  const std::size_t used = peak_allocated() - before;
  const bool is_ber = in[0] == 0x7f;
  const Converted converted =
      is_ber ? decode(in, chunks, limits) : encode(in, chunks, {false, false, limits});
  if (found.empty() && converted.error && !is_ber) return "sound, but not encoded";
  if (counts_allocations() && used > fixed_cost + 2 * in.size() + hostile.memory)
    return std::to_string(used) + " octets allocated for " + std::to_string(in.size());
  return found.empty() ? std::string() : std::string(name_of(found.front().code));
}

}  // namespace

TEST_CASE("hostile inputs cost what they are, not what they claim", "[hostile]") {
  REQUIRE(hostile_inputs().size() >= 30);
  for (const HostileInput& hostile : hostile_inputs()) {
    INFO(hostile.name);
    const Guarded result = run_guarded([&] { return take(hostile); });
    CHECK(result.ended.empty());
    CHECK(result.said == hostile.code);
    if (counts_allocations()) CHECK(result.resident_kib < most_resident_kib);
  }
}
