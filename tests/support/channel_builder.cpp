// SPDX-License-Identifier: LGPL-2.1-or-later
#include "channel_builder.hpp"

#include <zlib.h>
#include <zstd.h>

namespace qember::test {
namespace {

constexpr std::size_t page_size = 4096;
constexpr std::uint32_t room = 128;
constexpr std::uint32_t magic = 0x11223344;

void be32(Bytes& to, std::uint32_t value) {
  to.resize(to.size() + sizeof value);
  store_be(to.data() + to.size() - sizeof value, value);
}
void be64(Bytes& to, std::uint64_t value) {
  be32(to, static_cast<std::uint32_t>(value >> 32U));
  be32(to, static_cast<std::uint32_t>(value));
}

}  // namespace

/// One stream of a compressor for all packets, flushed at the end of each.
struct ChannelBuilder::Packer {
  Packer() { ::deflateInit(&deflate, 1); }
  ~Packer() {
    ::deflateEnd(&deflate);
    ::ZSTD_freeCCtx(zstd);
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  z_stream deflate{};
  ZSTD_CCtx* zstd = ::ZSTD_createCCtx();
};

ChannelBuilder::ChannelBuilder(std::uint8_t id, Packing packing, std::uint8_t uuid)
    : packer_(std::make_unique<Packer>()), packing_(packing) {
  be32(bytes_, magic);
  be32(bytes_, 1);
  bytes_.insert(bytes_.end(), 16, uuid);
  bytes_.push_back(id);
  bytes_.resize(64);
}

ChannelBuilder::~ChannelBuilder() = default;
ChannelBuilder::ChannelBuilder(ChannelBuilder&&) noexcept = default;

Bytes ChannelBuilder::pack(const Packet& packet) {
  Bytes pages(packet.full.size() * page_size, packet.fill);
  if (packing_ == Packing::none || pages.empty()) return pages;
  Bytes packed(pages.size() + 1024);
  if (packing_ == Packing::zlib) {
    packer_->deflate.next_in = pages.data();
    packer_->deflate.avail_in = static_cast<uInt>(pages.size());
    packer_->deflate.next_out = packed.data();
    packer_->deflate.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&packer_->deflate, Z_SYNC_FLUSH);
    packed.resize(packed.size() - packer_->deflate.avail_out);
    return packed;
  }
  ZSTD_inBuffer from{pages.data(), pages.size(), 0};
  ZSTD_outBuffer to{packed.data(), packed.size(), 0};
  ::ZSTD_compressStream2(packer_->zstd, &to, &from, ZSTD_e_flush);
  packed.resize(to.pos);
  return packed;
}

ChannelBuilder& ChannelBuilder::packet(const Packet& packet) {
  const Bytes payload = packet.payload ? *packet.payload : pack(packet);
  const std::uint32_t compression = packet.full.empty()         ? 0
                                    : packing_ == Packing::zlib ? 2
                                    : packing_ == Packing::zstd ? 4
                                                                : 0;
  be32(bytes_, magic);
  be32(bytes_, 1);
  be32(bytes_, packet.flags | compression);
  be32(bytes_, packet.room.value_or(room));
  be32(bytes_, packet.claimed_full.value_or(static_cast<std::uint32_t>(packet.full.size())));
  be32(bytes_, packet.claimed_bytes.value_or(static_cast<std::uint32_t>(payload.size())));
  be64(bytes_, packet.number);
  be32(bytes_, static_cast<std::uint32_t>(packet.zero.size()));
  bytes_.resize(bytes_.size() + 28);
  Bytes name(packet.block.begin(), packet.block.end());
  name.resize(256);
  raw(name);
  const std::size_t offsets = bytes_.size();
  for (const std::uint64_t offset : packet.full) be64(bytes_, offset);
  for (const std::uint64_t offset : packet.zero) be64(bytes_, offset);
  bytes_.resize(offsets + room * sizeof(std::uint64_t));
  return raw(payload);
}

ChannelBuilder& ChannelBuilder::raw(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

Bytes main_channel(SyncPoints sync_points, std::size_t count) {
  constexpr std::uint64_t flush = 0x200;
  constexpr std::uint64_t length = 16 * page_size;
  NativeBuilder to;
  to.configuration("m", page_size).section(1, 1, "ram", 0, 4).u64(length | 4U).counted("r").u64(length);
  const auto sync_point = [&] {
    if (sync_points == SyncPoints::records) to.u64(flush);
    to.eos().footer(1);
  };
  sync_point();
  for (std::size_t i = 2; i < count; ++i) {
    to.part(1);
    sync_point();
  }
  to.end(1);
  sync_point();
  return to.device(2, "d", Bytes(4)).eof().description(R"({"devices":[]})").bytes();
}

}  // namespace qember::test
