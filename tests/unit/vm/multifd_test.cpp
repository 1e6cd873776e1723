// SPDX-License-Identifier: LGPL-2.1-or-later
// A main channel and its channels as one stream.
#include "support/channel_builder.hpp"

#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/check.hpp>
#include <qember/advanced/vm/convert.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::uint64_t page = 4096;

std::vector<container::ChannelFile> files(const std::vector<Bytes>& channels) {
  std::vector<container::ChannelFile> all;
  for (const Bytes& each : channels)
    all.push_back({fmt::format("ch{}", all.size()), std::make_shared<io::MemorySource>(each)});
  return all;
}
/// They are views of the channels.
std::vector<container::ChannelFile> files(std::vector<Bytes>&&) = delete;

/// The first finding of `check`; empty for a sound set.
std::string check(const Bytes& main, const std::vector<Bytes>& channels) {
  io::MemorySource source(main);
  std::string found;
  vm::StreamOptions options;
  options.channels = files(channels);
  vm::check(
      source, [&found](const Error& error) { return found = to_string(error), false; }, std::move(options));
  return found;
}

/// The first byte of each page of the block, by way of the index of pages.
Bytes memory(const Bytes& main, const std::vector<Bytes>& channels) {
  vm::SavedVmOptions options;
  options.channels = files(channels);
  const auto vm = vm::SavedVm::open(ByteView(main), options).or_throw();
  Bytes firsts;
  for (std::uint64_t addr = 0; addr < 16 * page; addr += page) {
    Bytes byte(1);
    vm.memory().read("r", addr, byte).or_throw();
    firsts.push_back(byte[0]);
  }
  return firsts;
}

std::vector<std::uint64_t> pages(std::uint64_t first, std::uint64_t end) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = first; i < end; ++i) all.push_back(i * page);
  return all;
}

/// Two channels with two rounds between three sync points: page 3 is sent twice.
std::vector<Bytes> two_channels(Packing packing) {
  ChannelBuilder a(0, packing);
  a.sync(0).packet({.full = pages(0, 8), .zero = pages(8, 10), .fill = 1, .number = 2}).sync(4);
  a.packet({.full = {3 * page}, .fill = 7, .number = 6}).sync(8);
  ChannelBuilder b(1, packing);
  b.sync(1).packet({.full = pages(10, 16), .fill = 2, .number = 3}).sync(5);
  b.packet({.full = {12 * page}, .zero = {11 * page}, .fill = 9, .number = 7}).sync(9);
  return {b.bytes(), a.bytes()};
}

const Bytes both_rounds{1, 1, 1, 7, 1, 1, 1, 1, 0, 0, 2, 0, 9, 2, 2, 2};

}  // namespace

TEST_CASE("pages of channels come at the sync points of the main channel", "[multifd]") {
  for (const SyncPoints sync_points : {SyncPoints::records, SyncPoints::sections}) {
    for (const Packing packing : {Packing::none, Packing::zlib, Packing::zstd}) {
      const Bytes main = main_channel(sync_points, 3);
      CHECK(check(main, two_channels(packing)) == "");
      CHECK(memory(main, two_channels(packing)) == both_rounds);
    }
  }
}

TEST_CASE("QEMU up to 8.2 sets SYNC on packets with pages", "[multifd]") {
  ChannelBuilder channel;
  channel.packet({.flags = 1, .block = ""});
  channel.packet({.flags = 1, .full = pages(0, 16), .fill = 3, .number = 2})
      .packet({.block = "", .number = 2});
  channel.packet({.flags = 1, .full = {page}, .fill = 4, .number = 4}).packet({.block = "", .number = 4});
  const Bytes main = main_channel(SyncPoints::sections, 3);
  CHECK(check(main, {channel.bytes()}) == "");
  CHECK(memory(main, {channel.bytes()}) == Bytes{3, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
}

TEST_CASE("a set becomes one stream that needs no channels", "[multifd]") {
  const Bytes main = main_channel(SyncPoints::records, 3);
  io::MemorySource source(main);
  Bytes ber;
  const auto keep = [](Bytes& to) {
    return [&to](io::Output& output) {
      for (const iovec& piece : output.pieces()) {
        const auto* const bytes = static_cast<const std::uint8_t*>(piece.iov_base);
        to.insert(to.end(), bytes, bytes + piece.iov_len);
      }
      output.clear();
      return Status();
    };
  };
  const auto channels = two_channels(Packing::zlib);
  vm::ConvertOptions options;
  options.read.channels = files(channels);
  vm::convert(source, keep(ber), options).or_throw();
  Bytes plain;
  io::MemorySource encoded(ber);
  vm::convert(encoded, keep(plain)).or_throw();
  CHECK(check(plain, {}) == "");
  CHECK(memory(plain, {}) == both_rounds);
  const Bytes flush{0, 0, 0, 0, 0, 0, 2, 0};
  CHECK(std::search(plain.begin(), plain.end(), flush.begin(), flush.end()) == plain.end());
}

TEST_CASE("channels that do not belong together are named", "[multifd]") {
  const Bytes main = main_channel(SyncPoints::records, 3);
  const auto good = two_channels(Packing::none);
  const auto found = [&main](std::vector<Bytes> channels) { return check(main, channels); };
  CHECK(found({good[0], good[1], good[0]}) ==
        "0: channel ch2 > hello.id: expected each channel once, found 1 again, which is ch0 too");
  CHECK(found({good[0]}) == "0: channels: expected the channels 0 to 1, found no channel 0");
  CHECK(
      found({good[1]}) ==
      "0: channels: expected the packets 1 to 2 in 1 channels, each once, found other numbers: a channel is "
      "missing, or is of another migration");
  ChannelBuilder other(2, Packing::none, 5);
  CHECK(found({good[0], other.bytes(), good[1]}) ==
        "0: channel ch1 > hello.uuid: expected the uuid of the other channels, found that of another VM");
  CHECK(check(main_channel(SyncPoints::records, 4), good) ==
        "43648: channel ch1 > packet[4]: expected SYNC 4 of those that the main channel has, found the end "
        "of the "
        "input");
  CHECK(check(main_channel(SyncPoints::records, 2), good) ==
        "36864: channel ch1 > packet[3]: expected 2 SYNCs, one for each sync point of the main channel, and "
        "nothing more, found another packet");
  // Of QEMU up to 8.2 the SYNCs count, of which a missing channel has some.
  ChannelBuilder old(0);
  old.packet({.flags = 1, .block = ""}).packet({.flags = 1, .block = "", .number = 2});
  CHECK(
      check(main_channel(SyncPoints::records, 2), {old.bytes()}) ==
      "0: channels: expected SYNCs with the numbers 1 to 1 in 1 channels, found other numbers: a channel is "
      "missing, or is of another migration");
  ChannelBuilder second(1);
  second.packet({.flags = 1, .block = "", .number = 1}).packet({.flags = 1, .block = "", .number = 5});
  CHECK(check(main_channel(SyncPoints::records, 2), {old.bytes(), second.bytes()}) ==
        "1408: channel ch1 > packet[1].packet_num: expected 3, found that of another migration");
}

TEST_CASE("a packet claims no more than it has", "[multifd]") {
  const Bytes main = main_channel(SyncPoints::records, 2);
  const auto found = [&main](const Packet& packet, Packing packing = Packing::none) {
    ChannelBuilder channel(0, packing);
    channel.sync(0).packet(packet).sync(2);
    std::string text = check(main, {channel.bytes()});
    constexpr std::string_view at = "1408: channel ch0 > packet[1].";
    CHECK_THAT(text, Catch::StartsWith(std::string(at)));
    return text.substr(std::min(at.size(), text.size()));
  };
  CHECK(found({.full = {0}, .room = 64}) == "pages_alloc: expected 128, found 64");
  CHECK(found({.zero = pages(0, 16), .claimed_full = 113}) == "pages: expected at most 128 pages, found 129");
  CHECK(found({.full = {0}, .claimed_full = 0xffffffff}) ==
        "pages: expected at most 128 pages, found 4294967295");
  CHECK(found({.full = {0}, .claimed_bytes = 5000}) == "next_packet_size: expected 4096 bytes, found 5000");
  CHECK(found({.full = {0}, .claimed_bytes = 0x7fffffff}, Packing::zlib) ==
        "next_packet_size: expected 1 to 8256 bytes, found 2147483647");
  CHECK(found({.full = {0}, .block = "q"}) == "block: expected the name of a RAM block, found \"q\"");
  CHECK(found({.full = {0}, .block = std::string(256, 'r')}) ==
        "block: expected a name that ends, found 256 bytes of one");
  CHECK(found({.full = {16 * page}}) == "offset[0]: expected an address below 0x10000, found 0x10000");
  CHECK(found({.zero = {5}}) == "offset[0]: expected a multiple of 0x1000, found 0x5");
  CHECK(
      found({.flags = 0x40, .full = {0}}) ==
      "flags: expected pages as they are, or compressed by zlib or zstd, found the state of a device (VFIO)");
  CHECK(found({.flags = 0x20, .full = {0}}) ==
        "flags: expected pages as they are, or compressed by zlib or zstd, found pages compressed by qatzip");
  CHECK(found({.flags = 0x80, .full = {0}}) == "flags: expected flags that are known, found 0x80");
  CHECK(found({.flags = 6, .full = {0}}) == "flags: expected flags that are known, found 0x6");
  for (const Packing packing : {Packing::zlib, Packing::zstd}) {
    CHECK(
        found({.full = {0}, .payload = Bytes(100, 0xff)}, packing).starts_with("data: expected sound data"));
    // As many pages as a channel has, in a packet that names fewer.
    ChannelBuilder more(0, packing);
    more.sync(0).packet({.full = pages(0, 8), .claimed_full = 2}).sync(2);
    CHECK(check(main, {more.bytes()}) == "1408: channel ch0 > packet[1].data: expected 2 pages, found more");
    ChannelBuilder fewer(0, packing);
    fewer.sync(0).packet({.full = {0}, .claimed_full = 8}).sync(2);
    CHECK(check(main, {fewer.bytes()}) ==
          "1408: channel ch0 > packet[1].data: expected 8 pages, found fewer");
  }
}
