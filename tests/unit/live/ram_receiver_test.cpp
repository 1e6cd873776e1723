// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that mean no harm, in any chunks and cut anywhere, and what it takes to receive them.
#include "support/heap.hpp"
#include "support/receiving_machine.hpp"
#include "support/written.hpp"

#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/live/ram_sender.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace qember;
using namespace qember::test;
using device::DeviceState;
using live::RamReceiver;

namespace {

/// A stream of four rounds, and the memory that it ends with.
struct Sample {
  Bytes ber;
  Bytes ram;
  Bytes vga;
  std::array<std::size_t, 4> round_ends{};
  /// What the receiver has after each page, `ram` and then `vga`, where all was 0xee at first.
  std::vector<Bytes> received{Bytes((ram_pages + 1) * page_size, 0xee)};
};

Sample sample() {
  Sample made{{}, Bytes(ram_pages * page_size), Bytes(page_size, 7)};
  io::Output output;
  live::RamSender sender(output,
                         {{{"ram", made.ram.size()}, {"vga", made.vga.size()}}, page_size, 1U << 16U});
  const auto put = [&](std::uint32_t block, std::size_t page) {
    Bytes& memory = block == 0 ? made.ram : made.vga;
    const auto bytes = ByteView(memory).subspan(page * page_size, page_size);
    if (sender.page(block, page * page_size, bytes).or_throw() != live::Sent::nothing) {
      Bytes next = made.received.back();
      std::ranges::copy(bytes,
                        next.begin() + static_cast<std::ptrdiff_t>((block * ram_pages + page) * page_size));
      made.received.push_back(std::move(next));
    }
    const Bytes more = bytes_of(output);
    made.ber.insert(made.ber.end(), more.begin(), more.end());
    output.clear();
  };
  for (std::size_t round = 0; round < 4; ++round) {
    sender.begin_round().or_throw();
    for (std::size_t page = 0; page < ram_pages; page += 1 + round / 3) {
      if (page % 4 != 0)
        made.ram[page * page_size + round * 9] = static_cast<std::uint8_t>(17 * page + round);
      put(0, page);
    }
    made.vga[round] = static_cast<std::uint8_t>(round);
    put(1, 0);
    sender.end_round().or_throw();
    const Bytes more = bytes_of(output);
    made.ber.insert(made.ber.end(), more.begin(), more.end());
    output.clear();
    made.round_ends[round] = made.ber.size();
  }
  DeviceState serial("serial", 0, 3);
  serial.set("divider", std::uint16_t{12});
  sender.finish(std::span(&serial, 1)).or_throw();
  const Bytes more = bytes_of(output);
  made.ber.insert(made.ber.end(), more.begin(), more.end());
  return made;
}

std::uint64_t pages(const live::Applied& applied) { return applied.zero + applied.full + applied.delta; }

}  // namespace

TEST_CASE("what was sent is received, in chunks of any size") {
  const Sample sent = sample();
  for (std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{64},
                           std::size_t{1000}, sent.ber.size()}) {
    CAPTURE(size);
    Machine machine;
    io::Input input;
    RamReceiver receiver(input, machine.regions());
    for (ByteView left = sent.ber; !left.empty(); left = left.subspan(std::min(size, left.size()))) {
      REQUIRE_FALSE(receiver.done());
      input.feed(left.first(std::min(size, left.size())));
      REQUIRE(receiver.receive());
    }
    CHECK(receiver.done());
    CHECK(machine.ram.copy() == sent.ram);
    CHECK(machine.vga.copy() == sent.vga);
    CHECK(receiver.rounds() == 4);
    const live::Applied& ram = receiver.applied().at("ram");
    CHECK(ram.zero == 8);
    CHECK(ram.full != 0);
    CHECK(ram.delta != 0);
    CHECK(ram.bytes == pages(ram) * page_size);
    CHECK(pages(receiver.applied().at("vga")) == 4);
    REQUIRE(receiver.devices().size() == 1);
    CHECK_FALSE(receiver.device("serial", 1));
    CHECK_FALSE(receiver.device("serials"));
    REQUIRE(*receiver.device("serial") == receiver.devices().data());
    CHECK(*(*receiver.device("serial"))->get<int>("divider") == 12);
  }
}

TEST_CASE("a stream that is cut anywhere leaves whole pages, and says which") {
  const Sample sent = sample();
  std::uint64_t before = 0;
  for (std::size_t size = 0; size < sent.ber.size(); ++size) {
    CAPTURE(size);
    Machine machine;
    io::Input input;
    RamReceiver receiver(input, machine.regions());
    input.feed(ByteView(sent.ber).first(size));
    REQUIRE(receiver.receive());
    const std::uint64_t applied = pages(receiver.applied().at("ram")) + pages(receiver.applied().at("vga"));
    REQUIRE(applied < sent.received.size());
    CHECK(machine.memory() == sent.received[applied]);
    CHECK(applied >= before);
    CHECK(applied <= before + 1);
    before = applied;
    const auto ended = std::ranges::count_if(sent.round_ends, [size](std::size_t end) { return end < size; });
    CHECK(receiver.rounds() <= static_cast<std::uint64_t>(ended));
    input.finish();
    const auto status = receiver.receive();
    REQUIRE_FALSE(status);
    CHECK(name_of(status.error().code) == "truncated");
    CHECK_FALSE(receiver.done());
    CHECK(name_of(receiver.receive().error().code) == name_of(status.error().code));
    CHECK(machine.memory() == sent.received[applied]);
  }
  CHECK(before + 1 == sent.received.size());
}

TEST_CASE("devices come back by name, with as much state as they have") {
  DeviceState device("large", 7, 2);
  device.set("empty", Bytes());
  device.set("buffer", Bytes(std::size_t{3} << 20U, 5));
  device.set("words", std::vector<std::uint16_t>(100000, 0x1234));
  device.set("last", std::int64_t{-1});
  DeviceState none("none", 0, 1);
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  sender.finish(std::vector{device, none, DeviceState("large", 8, 1)}).or_throw();
  const Bytes ber = bytes_of(output);
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  REQUIRE(receiver.receive());
  REQUIRE(receiver.devices().size() == 3);
  const device::SavedDevice& large = **receiver.device("large", 7);
  CHECK(large.version() == 2);
  CHECK(large.get_bytes("empty")->empty());
  CHECK(large.get_bytes("buffer")->size() == std::size_t{3} << 20U);
  CHECK(*large.get_array<std::uint16_t>("words") == std::vector<std::uint16_t>(100000, 0x1234));
  CHECK(*large.get<int>("last") == -1);
  CHECK((*receiver.device("none"))->body().empty());
  CHECK((*receiver.device("large", 8))->version() == 1);
}

TEST_CASE("what a guest put into a device is received, though it looks like the end of its section") {
  DeviceState device("fifo", 0, 1);
  for (std::uint64_t id = 1; id < 8; ++id)
    device.set("word" + std::to_string(id), std::uint64_t{0x7e} << 56U | id << 24U | 0x080001);
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  sender.finish(std::vector{device}).or_throw();
  const Bytes ber = bytes_of(output);
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  REQUIRE(receiver.receive());
  CHECK(*(*receiver.device("fifo"))->get<std::uint64_t>("word7") == 0x7e00000007080001);
}

TEST_CASE("bytes behind the end of the stream are left alone") {
  Bytes ber = sample().ber;
  const std::size_t size = ber.size();
  ber.insert(ber.end(), {1, 2, 3});
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  CHECK(receiver.receive());
  CHECK(receiver.done());
  CHECK(input.offset() == size);
}

TEST_CASE("what devices take is bounded, be they many or large") {
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  std::vector<DeviceState> many;
  for (std::uint32_t i = 0; i < 200; ++i) many.emplace_back("d", i, 1);
  DeviceState large("large", 0, 1);
  large.set("buffer", Bytes(100000, 1));
  SECTION("many") { sender.finish(many).or_throw(); }
  SECTION("large") { sender.finish(std::span(&large, 1)).or_throw(); }
  const Bytes ber = bytes_of(output);
  Machine machine;
  CHECK(receive(machine, ber));
  Limits limits;
  limits.max_held = 10000;
  const auto status = receive(machine, ber, limits);
  REQUIRE_FALSE(status);
  CHECK(name_of(status.error().code) == "limit");
}

TEST_CASE("the receiver's memory does not grow with the pages that it gets") {
  if (heap_in_use() == 0) return;  // a sanitizer's allocator
  Machine machine;
  const std::size_t before = heap_in_use();
  io::Input input;
  RamReceiver receiver(input, machine.regions());
  io::Output output;
  live::RamSender sender(output, {{{"ram", ram_pages * page_size}}, page_size, 1U << 16U});
  sender.begin_round().or_throw();
  const Bytes page(page_size, 1);
  std::size_t most = 0;
  for (std::size_t i = 0; i < 100000; ++i) {
    if (!sender.page(0, i % ram_pages * page_size, page)) FAIL("a page is refused");
    for (const iovec& piece : output.pieces())
      input.feed({static_cast<const std::uint8_t*>(piece.iov_base), piece.iov_len});
    output.clear();
    if (!receiver.receive()) FAIL("a page is refused");
    most = std::max(most, heap_in_use() - before);
  }
  CHECK(receiver.applied().at("ram").full == 100000);
  CHECK(most < (std::size_t{1} << 20U));
}
