// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever channels of a multifd set claim, verbs take time and memory for what they are, and write nothing
// of what is not sound.
#include "allocations.hpp"
#include "guarded.hpp"

#include "fuzz/verbs.hpp"
#include "support/channel_builder.hpp"
#include "support/containers.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <functional>
#include <optional>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

std::vector<std::uint64_t> pages(std::size_t count) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(i % 16 * 4096);
  return all;
}

/// A channel with one packet between the two sync points of the main channel.
Bytes with(const Packet& packet, Packing packing = Packing::none) {
  ChannelBuilder channel(0, packing);
  return channel.sync(0).packet(packet).sync(2).bytes();
}

/// zlib's or zstd's stream for an array of zeros, which no flush ends.
Bytes of_zeros(Packing packing, std::size_t size) {
  const Bytes zeros(size);
  if (packing == Packing::zstd) return zstd(zeros, 27);
  Bytes packed = gzip(zeros);
  // The header and the trailer are those of another format.
  constexpr std::ptrdiff_t gzip_header = 10;
  constexpr std::ptrdiff_t gzip_trailer = 8;
  packed.erase(packed.end() - gzip_trailer, packed.end());
  packed.erase(packed.begin(), packed.begin() + gzip_header);
  packed.insert(packed.begin(), {0x78, 0x01});
  return packed;
}

Bytes bomb(Packing packing, std::size_t size) {
  Bytes payload = of_zeros(packing, size);
  payload.resize(std::min<std::size_t>(payload.size(), 4096 * 129));
  return with({.full = pages(128), .payload = payload}, packing);
}

struct Hostile {
  std::string name;
  std::function<std::vector<Bytes>()> make;
  int code;                              ///< the exit code of every verb
  std::optional<int> code_of_read = {};  ///< where it differs: of a page that was not sent
};

const std::vector<Hostile>& inputs() {
  static const std::vector<Hostile> all{
      {"zlib that does not end", [] { return std::vector<Bytes>{bomb(Packing::zlib, 64 * mib)}; }, 1},
      {"zstd that wants 128 MiB", [] { return std::vector<Bytes>{bomb(Packing::zstd, 64 * mib)}; }, 4},
      {"4 G pages", [] { return std::vector<Bytes>{with({.full = {0}, .claimed_full = 0xffffffff})}; }, 1},
      {"4 GB of data",
       [] { return std::vector<Bytes>{with({.full = {0}, .claimed_bytes = 0xffffffff}, Packing::zlib)}; }, 1},
      {"a page at 2^63", [] { return std::vector<Bytes>{with({.zero = {std::uint64_t{1} << 63U}})}; }, 1},
      {"control characters in a name",
       [] { return std::vector<Bytes>{with({.full = {0}, .block = "\x1b]0;x\x07"})}; }, 1},
      {"many packets",
       [] {
         ChannelBuilder channel;
         channel.sync(0);
         for (std::uint64_t i = 0; i < 3000; ++i) channel.packet({.zero = pages(128), .number = 1 + i});
         return std::vector<Bytes>{channel.sync(3001).bytes()};
       },
       0},
      {"many packets without pages",
       [] {
         ChannelBuilder channel;
         channel.sync(0);
         for (std::uint64_t i = 0; i < 3000; ++i) channel.packet({.block = "", .number = 1 + i});
         return std::vector<Bytes>{channel.sync(3001).bytes()};
       },
       0, 4},
      {"200 channels",
       [] {
         std::vector<Bytes> channels;
         for (unsigned i = 0; i < 200; ++i)
           channels.push_back(ChannelBuilder(static_cast<std::uint8_t>(i)).sync(i).sync(200 + i).bytes());
         return channels;
       },
       0, 4},
      {"channels in compressions",
       [] { return std::vector<Bytes>{gzip(gzip(gzip(gzip(ChannelBuilder().sync(0).sync(1).bytes()))))}; },
       4},
      {"a channel of zeros", [] { return std::vector<Bytes>{Bytes(mib)}; }, 1},
      {"nothing", [] { return std::vector<Bytes>{Bytes()}; }, 3},
  };
  return all;
}

}  // namespace

TEST_CASE("hostile channels cost what they are, and nothing of them is written", "[hostile]") {
  const fuzz::Outputs outputs;
  const std::string out = outputs.path("out");
  const fuzz::MemoryFile main(main_channel(SyncPoints::records, 2));
  for (const Hostile& hostile : inputs()) {
    INFO(hostile.name);
    std::vector<std::unique_ptr<fuzz::MemoryFile>> channels;
    std::vector<std::string> given{"--channels"};
    for (const Bytes& each : hostile.make()) {
      channels.push_back(std::make_unique<fuzz::MemoryFile>(each));
      given.push_back(channels.back()->path());
    }
    for (std::vector<std::string> verb :
         std::vector<std::vector<std::string>>{{"check", main.path()},
                                               {"info", main.path()},
                                               {"show", main.path()},
                                               {"encode", main.path(), "-o", out},
                                               {"unwrap", main.path(), "-o", out},
                                               {"read", main.path(), "r+0"}}) {
      INFO(verb[0]);
      verb.insert(verb.end(), given.begin(), given.end());
      const Guarded result = run_guarded([&] {
        const fuzz::Ran ran = fuzz::run(verb);
        const bool is_clean = std::ranges::none_of(ran.out + ran.error, [](char c) {
          return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
        });
        return fmt::format("{}{}", ran.code, is_clean ? "" : " with control characters");
      });
      CHECK(result.ended == "");
      const int code = verb[0] == "read" ? hostile.code_of_read.value_or(hostile.code) : hostile.code;
      CHECK(result.said == std::to_string(code));
      if (hostile.code != 0) CHECK(outputs.are_none());
      // What each channel takes comes to that.
      const long most = (64L << 10) + 1024L * static_cast<long>(channels.size());
      if (counts_allocations()) CHECK(result.resident_kib < most);
      outputs.remove_all();
    }
  }
}
