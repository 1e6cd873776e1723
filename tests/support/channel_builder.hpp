// SPDX-License-Identifier: LGPL-2.1-or-later
/// Multifd channels made by hand, and main channels beside them.
#pragma once

#include "native_builder.hpp"

#include <memory>

namespace qember::test {

enum class Packing : std::uint8_t { none, zlib, zstd };

/// What a packet says of itself, whether or not it is so.
struct Packet {
  std::uint32_t flags = 0;
  std::vector<std::uint64_t> full{};  ///< offsets of pages
  std::vector<std::uint64_t> zero{};
  std::uint8_t fill = 1;  ///< of the full pages
  std::string block = "r";
  std::uint64_t number = 0;
  std::optional<std::uint32_t> room{};           ///< pages that it has room for
  std::optional<std::uint32_t> claimed_full{};   ///< pages
  std::optional<std::uint32_t> claimed_bytes{};  ///< of the payload
  std::optional<Bytes> payload{};                ///< instead of the pages
};

class ChannelBuilder {
 public:
  explicit ChannelBuilder(std::uint8_t id = 0, Packing packing = Packing::none, std::uint8_t uuid = 0);
  ~ChannelBuilder();
  ChannelBuilder(ChannelBuilder&&) noexcept;

  ChannelBuilder& packet(const Packet& packet);
  /// As QEMU 9.0 and later have it.
  ChannelBuilder& sync(std::uint64_t number) {
    return packet({.flags = 1, .block = "", .number = number, .room = 0});
  }
  ChannelBuilder& raw(ByteView bytes);

  const Bytes& bytes() const { return bytes_; }

 private:
  struct Packer;
  Bytes pack(const Packet& packet);

  std::unique_ptr<Packer> packer_;
  Packing packing_;
  Bytes bytes_;
};

/// Where a main channel has sync points.
enum class SyncPoints : std::uint8_t { records, sections };

/// A main channel of one block `r` of 16 pages, with that many sync points, START's included, and a device.
Bytes main_channel(SyncPoints sync_points, std::size_t count);

}  // namespace qember::test
