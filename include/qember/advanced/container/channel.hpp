// SPDX-License-Identifier: LGPL-2.1-or-later
/// A channel of a multifd migration: the packets of pages that went over one of the connections beside the
/// main channel (QEMU, docs/devel/migration/main.rst). All integers are big-endian.
#pragma once

#include <qember/advanced/container/unpack.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace qember::container {

class Decoder;
class Opened;
struct Contents;

/// What one connection sent.
struct ChannelFile {
  std::string name;  ///< of the file, which errors have; it is opened where there are no `bytes`
  std::shared_ptr<io::ByteSource> bytes{};
};

struct ChannelOptions {
  Limits limits{};
  /// How many channels share `Limits::max_unpack_memory`, for what holds them and for pages; each may take
  /// 1 MiB more of either.
  std::size_t channels = 1;
  /// Unpacks lzop; without it lzop is not supported.
  Unpack unpack_lzop{};
  /// Called before the channel is read, which ends the validity of its views.
  std::function<Status()> before_wait{};
};

/// What stands before the pages of a packet.
struct ChannelPacket {
  std::uint32_t flags = 0;
  bool is_sync = false;          ///< the pages before it, and its own, come before what follows
  bool has_sure_number = false;  ///< numbers of such packets are unique in a migration (QEMU 9.0 and later)
  std::uint32_t full = 0;        ///< pages with their contents
  std::uint32_t zero = 0;        ///< pages of zeros
  std::uint32_t payload = 0;     ///< bytes of the contents
  std::uint64_t number = 0;
  std::string block;
  /// Of the pages in the block, in bytes: the full ones, then those of zeros.
  std::vector<std::uint64_t> offsets;
};

/// Reads a channel in order, in memory of 256 KiB and what a decompressor takes. The path of its errors
/// begins with the name of its file, which their offset is of: see `is_in_channel`.
class Channel {
 public:
  /// Opens the file, which may be compressed, and reads up to the first packet.
  static Result<std::unique_ptr<Channel>> open(const ChannelFile& file, const ChannelOptions& options);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::uint8_t id() const noexcept { return id_; }
  const std::array<std::uint8_t, 16>& uuid() const noexcept { return uuid_; }
  /// Of the target, in bytes, which the size of a packet tells; 0 for a channel without packets.
  std::uint64_t page_size() const noexcept { return page_size_; }
  /// Whether it can be read again, by opening it once more.
  bool is_seekable() const noexcept { return file_->is_seekable(); }

  /// Goes on to the next packet; all contents of the one before have been read. False at the end.
  Result<bool> next_packet();
  const ChannelPacket& packet() const noexcept { return packet_; }
  /// The contents of the pages that come next, of as many as are at hand: one at least. Valid until the
  /// channel is read again (`has_stable_pages`), else until the next call.
  Result<ByteView> read_pages();
  bool has_stable_pages() const noexcept { return decoder_ == nullptr; }

  /// How many bytes were read so far, with the contents of pages as they are decompressed.
  std::uint64_t bytes_read() const noexcept { return bytes_read_; }

  /// Of the packet, from the first byte of the file.
  std::uint64_t offset() const noexcept { return packet_offset_; }
  /// Of the packet, such as `channel vm.ch1 > packet[3]`.
  std::string path() const;
  /// An error at the packet or in it.
  Error refuse(Errc code, std::string_view field, std::string expected, std::string found) const;
  /// The same at the end of the file.
  Error ends_early(std::string expected) const;

 private:
  Channel();
  Status read_hello();
  Status find_page_size();
  Channel& first_packet();
  Result<ByteView> have(std::size_t count);
  Error inside(Error error) const;
  Status read_header(ByteView header);
  Status check_counts(std::uint32_t room) const;
  Status choose_decoder();
  Status read_offsets(ByteView list);
  Result<ByteView> read_plain();
  Result<ByteView> have_payload();
  Result<ByteView> unpack();
  Status unpack_into(MutableBytes to);
  Status end_payload();
  std::uint32_t pages_in_packet() const noexcept;

  std::string name_;
  ChannelOptions options_;
  std::shared_ptr<io::ByteSource> file_;
  std::unique_ptr<Contents> contents_;
  std::unique_ptr<Opened> opened_;
  io::Input input_;
  std::uint8_t id_ = 0;
  std::array<std::uint8_t, 16> uuid_{};
  std::uint64_t page_size_ = 0;
  ChannelPacket packet_;
  std::uint64_t packets_ = 0;
  std::uint64_t packet_offset_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint32_t full_left_ = 0;     ///< pages of the packet whose contents have not been read
  std::uint32_t payload_left_ = 0;  ///< bytes of them
  std::optional<std::uint32_t> compression_;
  std::unique_ptr<Decoder> decoder_;
  Bytes unpacked_;
};

/// Of the target, which any packet tells.
std::optional<std::uint64_t> page_size_of(std::span<const std::unique_ptr<Channel>> channels) noexcept;

/// Whether the offset of an error is that of a channel, and not of the stream.
bool is_in_channel(const Error& error) noexcept;

/// Opens the channels of one migration, in any order; those that it returns are in the order of their ids.
/// Refuses sets in which an id is missing or comes twice, and channels of other VMs.
Result<std::vector<std::unique_ptr<Channel>>> open_channels(std::span<const ChannelFile> files,
                                                            ChannelOptions options);

}  // namespace qember::container
