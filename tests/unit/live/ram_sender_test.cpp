// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/heap.hpp"

#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/live/ram_sender.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;
using device::DeviceState;
using live::RamReceiver;
using live::RamSender;
using live::Sent;

namespace {

constexpr std::size_t page_size = 4096;

Bytes take(io::Output& output) {
  Bytes bytes;
  for (const iovec& piece : output.pieces()) {
    const auto* const begin = static_cast<const std::uint8_t*>(piece.iov_base);
    bytes.insert(bytes.end(), begin, begin + piece.iov_len);
  }
  output.clear();
  return bytes;
}

live::SenderOptions options(std::size_t pages = 4, std::size_t cache = 1U << 20U) {
  return {{{"ram", pages * page_size}, {"vga", page_size}}, page_size, cache};
}

Bytes page_of(std::uint8_t value) { return Bytes(page_size, value); }

template <class T>
void check_code(const T& result, Errc code) {
  REQUIRE_FALSE(result.ok());
  CHECK(name_of(result.error().code) == name_of(code));
}

bool borrows(const io::Output& output, const Bytes& page) {
  return std::ranges::any_of(output.pieces(),
                             [&page](const iovec& piece) { return piece.iov_base == page.data(); });
}

}  // namespace

TEST_CASE("the sender says how each page went out") {
  io::Output output;
  RamSender sender(output, options());
  Bytes page = page_of(1);
  REQUIRE(sender.begin_round());
  CHECK(*sender.page(0, 0, page_of(0)) == Sent::zero);
  CHECK(*sender.page(0, page_size, page) == Sent::full);
  CHECK(borrows(output, page));
  take(output);
  REQUIRE(sender.end_round());
  REQUIRE(sender.begin_round());
  CHECK(*sender.page(0, page_size, page) == Sent::full);
  CHECK_FALSE(borrows(output, page));  // the cache has it
  CHECK(*sender.page(0, page_size, page) == Sent::nothing);
  page[5] = 0;
  CHECK(*sender.page(0, page_size, page) == Sent::delta);
  // The same address in another block is another page.
  CHECK(*sender.page(0, 0, page) == Sent::full);
  CHECK(*sender.page(1, 0, page) == Sent::full);
  REQUIRE(sender.end_round());
  REQUIRE(sender.finish({}));
  CHECK(sender.rounds() == 2);
  CHECK(sender.tally().zero == 1);
  CHECK(sender.tally().full == 4);
  CHECK(sender.tally().delta == 1);
  CHECK(sender.tally().unchanged == 1);
}

TEST_CASE("a full page takes 12 bytes and its address beside its data, a page of zeros two, a section 64") {
  io::Output output;
  RamSender sender(output, options());
  REQUIRE(sender.begin_round());
  REQUIRE(sender.page(0, 0, page_of(0)));
  take(output);
  REQUIRE(sender.page(0, page_size, page_of(0)));
  CHECK(output.pending() == 2 + 2);  // the address 0x1000
  take(output);
  const Bytes page = page_of(1);
  REQUIRE(sender.page(0, page_size, page));
  CHECK(output.pending() == page_size + 12 + 2);
  take(output);
  REQUIRE(sender.end_round());
  REQUIRE(sender.begin_round());
  REQUIRE(sender.page(0, page_size, page));
  REQUIRE(sender.end_round());
  CHECK(output.pending() <= page_size + 14 + 64);
}

TEST_CASE("calls out of order and pages that are none are refused, and the stream goes on") {
  io::Output output;
  RamSender sender(output, options());
  check_code(sender.page(0, 0, page_of(1)), Errc::wrong_order);
  check_code(sender.end_round(), Errc::wrong_order);
  check_code(sender.finish({}), Errc::wrong_order);
  REQUIRE(sender.begin_round());
  check_code(sender.begin_round(), Errc::wrong_order);
  check_code(sender.finish({}), Errc::wrong_order);
  Bytes ber = take(output);
  check_code(sender.page(2, 0, page_of(1)), Errc::unknown_block);
  check_code(sender.page(0, 4 * page_size, page_of(1)), Errc::page_outside_block);
  check_code(sender.page(0, ~std::uint64_t{0} - page_size + 1, page_of(1)), Errc::page_outside_block);
  check_code(sender.page(0, 512, page_of(1)), Errc::page_unaligned);
  check_code(sender.page(0, 0, Bytes(512)), Errc::usage);
  check_code(sender.page(0, 0, {}), Errc::usage);
  CHECK(output.pending() == 0);
  REQUIRE(sender.end_round());
  check_code(sender.finish(std::vector{DeviceState("ram", 0, 1)}), Errc::usage);
  check_code(sender.finish(std::vector{DeviceState("", 0, 1)}), Errc::usage);
  REQUIRE(sender.finish(std::vector{DeviceState("serial", 0, 1)}));
  check_code(sender.finish({}), Errc::wrong_order);
  check_code(sender.begin_round(), Errc::wrong_order);

  const Bytes rest = take(output);
  ber.insert(ber.end(), rest.begin(), rest.end());
  Bytes ram(4 * page_size);
  Bytes vga(page_size);
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, {{"ram", ram}, {"vga", vga}});
  CHECK(receiver.receive());
  CHECK(receiver.done());
  CHECK(receiver.devices().size() == 1);
}

TEST_CASE("a sender that is given up leaves the begin of a stream") {
  const Bytes page = page_of(1);
  for (int steps = 0; steps < 8; ++steps) {
    CAPTURE(steps);
    io::Output output;
    {
      RamSender sender(output, options());
      if (steps > 0) REQUIRE(sender.begin_round());
      if (steps > 1) REQUIRE(sender.page(0, 0, page));
      if (steps > 2) REQUIRE(sender.end_round());
      if (steps > 3) REQUIRE(sender.begin_round());
      if (steps > 4) REQUIRE(sender.page(0, 0, page));
      if (steps > 5) REQUIRE(sender.page(0, 0, Bytes(page_size, 2)));
      if (steps > 6) REQUIRE(sender.end_round());
    }
    const Bytes ber = take(output);
    Bytes ram(4 * page_size);
    Bytes vga(page_size);
    io::Input input = io::Input::over(ber);
    RamReceiver receiver(input, {{"ram", ram}, {"vga", vga}});
    const auto status = receiver.receive();
    check_code(status, Errc::truncated);
    CHECK(receiver.applied().at("ram").full == (std::array{0U, 0U, 1U, 1U, 1U, 2U, 3U, 3U})[steps]);
    if (steps > 1) CHECK(ram.front() == (steps > 5 ? 2 : 1));
  }
}

TEST_CASE("a machine that can't be sent is refused before anything is written") {
  io::Output output;
  for (const live::SenderOptions& wrong :
       {live::SenderOptions{{{"ram", page_size}}, 0}, live::SenderOptions{{{"ram", page_size}}, 5000},
        live::SenderOptions{{{"ram", page_size + 512}}, page_size},
        live::SenderOptions{{{"ram", page_size}, {"ram", page_size}}, page_size},
        live::SenderOptions{{{"ram", ~std::uint64_t{4095}}, {"vga", 2 * page_size}}, page_size},
        live::SenderOptions{{{"ram", page_size}}, SIZE_MAX},
        live::SenderOptions{{{"ram", page_size}}, SIZE_MAX, SIZE_MAX},
        live::SenderOptions{{{"ram", page_size}}, 0, SIZE_MAX},
        live::SenderOptions{{{"ram", std::uint64_t{1} << 62U}}, page_size, SIZE_MAX},
        live::SenderOptions{{{std::string(256, 'x'), page_size}}, page_size},
        live::SenderOptions{{{"ram", page_size, {}, {}, event::MappedRam{}}}, page_size}}) {
    RamSender sender(output, wrong);
    CHECK_FALSE(sender.begin_round());
    CHECK_FALSE(sender.begin_round());
    CHECK(output.pending() == 0);
  }
}

TEST_CASE("a cache takes no more than all pages need") {
  io::Output output;
  RamSender sender(output, {{{"ram", page_size}}, page_size, SIZE_MAX});
  for (const std::uint8_t byte : {1, 2, 3}) {
    REQUIRE(sender.begin_round());
    REQUIRE(sender.page(0, 0, page_of(byte)));
    REQUIRE(sender.end_round());
  }
  CHECK(sender.tally().full == 3);
}

TEST_CASE("the sender's memory does not grow with the pages that it sends") {
  if (heap_in_use() == 0) return;  // a sanitizer's allocator
  constexpr std::size_t cache = std::size_t{1} << 20U;
  constexpr std::size_t pages = 100000;
  const std::size_t before = heap_in_use();
  io::Output output;
  RamSender sender(output, options(pages, cache));
  Bytes page = page_of(1);
  std::size_t most = 0;
  for (int round = 0; round < 3; ++round) {
    REQUIRE(sender.begin_round());
    for (std::size_t i = 0; i < pages; ++i) {
      page[i % page_size] = static_cast<std::uint8_t>(i);
      if (!sender.page(0, i * page_size, page)) FAIL("a page is refused");
      if (output.pending() > (1U << 18U)) output.clear();
    }
    REQUIRE(sender.end_round());
    most = std::max(most, heap_in_use() - before);
  }
  CHECK(most > cache);
  CHECK(most < cache + (std::size_t{1} << 20U));  // what the output keeps between two clears
}
