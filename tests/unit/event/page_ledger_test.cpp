// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/page_ledger.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace qember;
using namespace qember::event;

namespace {

enum class State : std::uint8_t { none, a, b };

class Place final : public Context {
 public:
  Session state{Limits{}};

  const Session& session() const override { return state; }
  std::uint64_t offset() const override { return 77; }
  std::string path() const override { return "here"; }
};

Limits within(std::size_t bytes) {
  Limits limits;
  limits.max_page_states = bytes;
  return limits;
}

/// Two blocks.
const std::vector<RamBlock> blocks(2);
const RamBlocks list{.total = 0, .blocks = blocks};

}  // namespace

TEST_CASE("a ledger counts the memory of the states of all blocks", "[ledger]") {
  const Place place;
  PageLedger<State> ledger(place, within(160));
  CHECK_FALSE(ledger.has_blocks());
  CHECK_FALSE(ledger.has(0));
  ledger.note(list);
  CHECK(ledger.has_blocks());
  CHECK(ledger.has(1));
  CHECK_FALSE(ledger.has(2));
  CHECK(ledger.bytes() == 0);

  CHECK(ledger.exchange(0, 5, State::a) == State::none);
  CHECK(ledger.exchange(0, 5, State::b) == State::a);
  ledger.assign(1, 8, 4, State::b);
  CHECK(ledger.get(0, 5) == State::b);
  CHECK(ledger.get(1, 11) == State::b);
  CHECK(ledger.get(1, 12) == State::none);
  CHECK(ledger.bytes() == 160);
  CHECK(ledger.check_memory());
  CHECK(ledger.is_full(1));

  ledger.exchange(1, 4096, State::a);
  CHECK(ledger.bytes() == 240);
  const Status refused = ledger.check_memory();
  REQUIRE_FALSE(refused);
  CHECK(
      to_string(refused.error()) ==
      "77: here: expected max_page_states: notes on pages in at most 160 bytes, found pages that take more");
}

TEST_CASE("what a ledger forgets it told, and takes no memory", "[ledger]") {
  const Place place;
  PageLedger<State> ledger(place, within(1U << 20U));
  ledger.note(list);
  ledger.assign(1, 4000, 200, State::a);
  std::vector<std::array<std::uint64_t, 2>> seen;
  ledger.clear(1, 4090, 5000, [&](std::uint64_t first, std::uint64_t count, State state) {
    CHECK(state == State::a);
    seen.push_back({first, count});
  });
  CHECK(seen == std::vector<std::array<std::uint64_t, 2>>{{4090, 6}, {4096, 104}});
  CHECK(ledger.has_states(1));
  CHECK_FALSE(ledger.has_states(0));
  ledger.clear(1, 0, 8192, [](auto, auto, auto) {});
  CHECK(ledger.bytes() == 0);
  CHECK_FALSE(ledger.has_states(1));

  ledger.exchange(0, 1, State::a);
  ledger.note(list);
  CHECK(ledger.bytes() == 0);
  CHECK(ledger.get(0, 1) == State::none);
}

TEST_CASE("records are counted by their kind, as often as they come", "[ledger]") {
  const Bytes data(10);
  PageTally tally;
  using enum RamPageKind;
  for (const RamPageKind kind : {zero, full, full, xbzrle, compressed}) {
    RamPage page{};
    page.kind = kind;
    if (kind != zero) page.data = data;
    tally.add(page);
  }
  CHECK(tally.zero == 1);
  CHECK(tally.full == 2);
  CHECK(tally.xbzrle == 1);
  CHECK(tally.compressed == 1);
  CHECK(tally.records() == 5);
  CHECK(tally.bytes == 40);
}
