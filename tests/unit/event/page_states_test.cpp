// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/page_states.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace qember::event;

namespace {

enum class State : std::uint8_t { none, a, b, c };
constexpr std::uint64_t pages = 3 * 4096 + 77;

/// Clears [first, end) of both, and whether what was said to be there was.
bool clears_alike(PageStates<State>& states, std::vector<State>& model, std::uint64_t first,
                  std::uint64_t end) {
  std::vector<State> seen(model.size());
  states.clear(first, end, [&](std::uint64_t page, std::uint64_t count, State state) {
    for (; count != 0; --count) seen.at(page++) = state;
  });
  bool alike = true;
  for (std::uint64_t page = 0; page < pages; ++page) {
    const bool inside = page >= first && page < end;
    alike = alike && seen[page] == (inside ? model[page] : State::none);
    if (inside) model[page] = State::none;
  }
  return alike;
}

}  // namespace

TEST_CASE("states of pages are those that were set, however they are kept", "[native]") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    std::vector<State> model(pages);
    PageStates<State> states;
    bool alike = true;
    for (std::uint64_t step = 0; step < 2000; ++step) {
      const std::uint64_t page = seed % 3 == 0 ? step * (seed + 1) % pages : random() % pages;
      const auto state = static_cast<State>(seed % 2 == 0 ? random() % 4 : 1);
      const std::uint64_t count = random() % (pages - page);
      if (step % 50 == 49) {
        alike = alike && clears_alike(states, model, page, page + count);
      } else if (step % 50 == 24) {
        states.assign(page, count, state);
        for (std::uint64_t i = 0; i < count; ++i) model[page + i] = state;
      } else {
        alike = alike && states.exchange(page, state) == model[page];
        model[page] = state;
      }
    }
    for (std::uint64_t page = 0; page < pages; ++page) alike = alike && states.get(page) == model[page];
    CHECK(alike);
    CHECK(clears_alike(states, model, 0, pages));
    CHECK(states.bytes() == 0);
  }
}

TEST_CASE("pages in order take next to no memory", "[native]") {
  PageStates<State> states;
  for (std::uint64_t page = 0; page < std::uint64_t{1} << 22U; ++page)
    states.exchange(page, page % 4096 < 1000 ? State::a : State::b);
  CHECK(states.bytes() <= 1024 * 80);
}
