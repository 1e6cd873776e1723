// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/input.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace qember;

namespace {

io::InputBuffer buffer(std::string_view text, std::size_t room) {
  io::InputBuffer made{io::allocate_aligned(room + text.size()), room + text.size(), room,
                       room + text.size()};
  std::ranges::copy(text, made.bytes.get() + room);
  return made;
}

}  // namespace

TEST_CASE("an input goes on in another buffer, behind what is unread") {
  io::Input input;
  input.feed(as_bytes("abcdef"));
  input.consume(4);
  const std::uint8_t* const before = input.view().data();
  const auto first = input.exchange(buffer("ghi", 2));
  CHECK(as_text(input.view()) == "efghi");
  CHECK(input.offset() == 4);
  CHECK(first.bytes.get() + 4 == before);

  // As much as there is room for, and no more.
  auto next = buffer("jkl", 4);
  const std::uint8_t* const bytes = next.bytes.get();
  const auto refused = input.exchange(std::move(next));
  CHECK(as_text(input.view()) == "efghijkl");
  CHECK(refused.bytes.get() == bytes);

  input.consume(8);
  CHECK(input.offset() == 12);
  const auto last = input.exchange(buffer("m", 0));
  CHECK(as_text(input.view()) == "m");
  CHECK(input.holds(input.view()));
}

TEST_CASE("what comes behind unread bytes is read to where that is fast") {
  io::Input input;
  std::string all;
  std::string seen;
  for (std::size_t step = 0; step < 64; ++step) {
    const MutableBytes room = input.space();
    REQUIRE(room.size() >= 65536);
    // All of the room was filled before, so that what is unread has moved.
    CHECK(reinterpret_cast<std::uintptr_t>(room.data()) % io::read_alignment == 0);
    std::ranges::fill(room, static_cast<std::uint8_t>('a' + step % 26));
    all.append(room.size(), static_cast<char>('a' + step % 26));
    input.commit(room.size());
    const std::size_t passed = input.view().size() - (step % 5) * 1009 - 1;
    seen += as_text(input.view().first(passed));
    input.consume(passed);
  }
  CHECK(seen + std::string(as_text(input.view())) == all);
  CHECK(input.offset() == seen.size());
}
