// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/input.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace qember;

namespace {

io::InputBuffer buffer(std::string_view text, std::size_t room) {
  io::InputBuffer made{std::make_unique<std::uint8_t[]>(room + text.size()), room + text.size(), room,
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
