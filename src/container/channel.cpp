// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/channel.hpp>

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/core/text.hpp>

#include "decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::container {
namespace {

constexpr std::size_t input_capacity = std::size_t{256} << 10U;

constexpr std::string_view path_begin = "channel ";

constexpr std::uint32_t magic = 0x11223344;
constexpr std::uint32_t version = 1;
constexpr std::size_t hello_size = 64;
constexpr std::size_t header_size = 320;
constexpr std::size_t name_at = 64;
constexpr std::size_t name_size = 256;
constexpr std::size_t offset_size = 8;
/// Bytes of pages that a packet has room for, whatever their size.
constexpr std::size_t room_size = std::size_t{512} << 10U;
constexpr std::size_t least_room = room_size / 65536;
constexpr std::size_t most_room = room_size / 256;
/// What is decompressed at once.
constexpr std::size_t unpacked_size = std::size_t{64} << 10U;

enum Flag : std::uint32_t {
  sync = 0x01,
  zlib = 0x02,
  zstd = 0x04,
  qpl = 0x08,
  uadk = 0x10,
  qatzip = 0x20,
  state = 0x40
};
constexpr std::uint32_t compressions = zlib | zstd | qpl | uadk | qatzip;

/// Of what is not supported; empty for others.
std::string_view unsupported_in(std::uint32_t flags) {
  if ((flags & state) != 0) return "the state of a device (VFIO)";
  switch (flags & compressions) {
    case qpl: return "pages compressed by qpl";
    case uadk: return "pages compressed by uadk";
    case qatzip: return "pages compressed by qatzip";
    default: return "";
  }
}

bool is_room(std::size_t pages) {
  return pages >= least_room && pages <= most_room && (pages & (pages - 1)) == 0;
}

std::size_t packet_size(std::size_t room) { return header_size + room * offset_size; }

/// What a compressor makes of as much at most, with room for the ends of its blocks.
std::uint64_t most_packed(std::uint64_t size) { return size + size / 64 + 4096; }

/// Those of one channel of several.
Limits shared_limits(const ChannelOptions& options) {
  Limits limits = options.limits;
  limits.max_unpack_memory =
      limits.max_unpack_memory / std::max<std::size_t>(options.channels, 1) + (std::size_t{1} << 20U);
  return limits;
}

}  // namespace

Channel::Channel() : input_(input_capacity) {}
Channel::~Channel() = default;

Error Channel::refuse(Errc code, std::string_view field, std::string expected, std::string found) const {
  Error error{code, packet_offset_, path(), std::move(expected), std::move(found)};
  if (!field.empty()) error.path += fmt::format(".{}", field);
  return error;
}

Error Channel::ends_early(std::string expected) const {
  Error error = refuse(Errc::truncated, {}, std::move(expected), "the end of the input");
  error.offset = input_.offset() + input_.view().size();
  return error;
}

std::string Channel::path() const {
  const std::string packet = packets_ == 0 ? "hello" : fmt::format("packet[{}]", packets_ - 1);
  return fmt::format("{}{} > {}", path_begin, name_, packet);
}

bool is_in_channel(const Error& error) noexcept {
  return error.code != Errc::io && error.path.starts_with(path_begin);
}

/// An error of what the channel is held in.
Error Channel::inside(Error error) const {
  error.in_container = false;
  return error.code == Errc::io ? error : std::move(error).within(fmt::format("{}{} > ", path_begin, name_));
}

/// At least that many unread bytes, fewer at the end alone.
Result<ByteView> Channel::have(std::size_t count) {
  while (input_.view().size() < count && !input_.finished()) {
    if (options_.before_wait)
      if (auto status = options_.before_wait(); !status) return std::move(status.error());
    input_.want(count);
    if (auto status = opened_->bytes().fill(input_); !status) return inside(std::move(status.error()));
  }
  return input_.view();
}

Result<std::unique_ptr<Channel>> Channel::open(const ChannelFile& file, const ChannelOptions& options) {
  std::unique_ptr<Channel> channel(new Channel);
  channel->name_ = file.name;
  channel->options_ = options;
  channel->file_ = file.bytes;
  if (!channel->file_) {
    auto opened = open_file(file.name);
    if (!opened) return std::move(opened.error());
    channel->file_ = std::move(*opened);
  }
  channel->contents_ = std::make_unique<Contents>();
  Options with;
  with.limits = shared_limits(options);
  with.unpack_lzop = options.unpack_lzop;
  with.wants_channel = true;
  auto opened = Opened::open(*channel->file_, with, *channel->contents_);
  if (!opened) return channel->inside(std::move(opened.error()));
  channel->opened_ = std::move(*opened);
  if (auto status = channel->read_hello(); !status) return std::move(status.error());
  if (auto status = channel->find_page_size(); !status) return std::move(status.error());
  return channel;
}

Status Channel::read_hello() {
  const auto hello = have(hello_size);
  if (!hello) return hello.error();
  if (hello->size() < hello_size)
    return ends_early(fmt::format("{} bytes that tell the channel", hello_size));
  constexpr std::size_t uuid_at = 8;
  constexpr std::size_t id_at = 24;
  std::copy_n(hello->begin() + uuid_at, uuid_.size(), uuid_.begin());
  id_ = (*hello)[id_at];
  packet_offset_ = input_.offset();
  input_.consume(hello_size);
  bytes_read_ = hello_size;
  return {};
}

/// A packet has room for the offsets of 512 KiB of pages, which tells the size of one: the first packet says
/// it, or where the second one begins.
Status Channel::find_page_size() {
  auto bytes = have(header_size);
  if (!bytes) return bytes.error();
  if (bytes->empty()) return {};
  if (bytes->size() < header_size) return first_packet().ends_early("a packet");
  constexpr std::size_t room_at = 12;
  const auto said = load_be<std::uint32_t>(bytes->data() + room_at);
  if (said != 0) {
    if (!is_room(said))
      return first_packet().refuse(Errc::bad_value, "pages_alloc", "a power of two from 8 to 2048",
                                   fmt::to_string(said));
    page_size_ = room_size / said;
    return {};
  }
  for (std::size_t room = least_room; room <= most_room; room *= 2) {
    const std::size_t size = packet_size(room);
    bytes = have(size + sizeof magic);
    if (!bytes) return bytes.error();
    if (bytes->size() < size) return first_packet().ends_early("a packet");
    const bool is_last = bytes->size() == size;
    if (!is_last &&
        (bytes->size() < size + sizeof magic || load_be<std::uint32_t>(bytes->data() + size) != magic))
      continue;
    page_size_ = room_size / room;
    return {};
  }
  return first_packet().refuse(Errc::page_size_unknown, {}, "another packet behind it", "none");
}

/// Errors are of that from now on.
Channel& Channel::first_packet() {
  packets_ = 1;
  packet_offset_ = input_.offset();
  return *this;
}

std::uint32_t Channel::pages_in_packet() const noexcept {
  return static_cast<std::uint32_t>(room_size / page_size_);
}

Result<bool> Channel::next_packet() {
  if (auto status = end_payload(); !status) return std::move(status.error());
  packet_offset_ = input_.offset();
  const auto first = have(1);
  if (!first) return first.error();
  if (first->empty()) return false;
  ++packets_;
  const std::size_t size = packet_size(pages_in_packet());
  const auto bytes = have(size);
  if (!bytes) return bytes.error();
  if (bytes->size() < size) return ends_early(fmt::format("a packet of {} bytes and its pages", size));
  if (auto status = read_header(bytes->first(size)); !status) return std::move(status.error());
  input_.consume(size);
  bytes_read_ += size;
  return true;
}

Status Channel::read_header(ByteView header) {
  const auto word = [&header](std::size_t at) { return load_be<std::uint32_t>(header.data() + at); };
  if (word(0) != magic)
    return refuse(Errc::bad_tag, "magic", "11 22 33 44", hex_excerpt(header.first(sizeof magic)));
  if (word(4) != version)
    return refuse(Errc::unsupported, "version", fmt::to_string(version), fmt::to_string(word(4)));
  packet_.flags = word(8);
  const std::uint32_t room = word(12);
  packet_.full = word(16);
  packet_.payload = packet_.full == 0 ? 0 : word(20);
  packet_.number = load_be<std::uint64_t>(header.data() + 24);
  packet_.zero = word(32);
  packet_.is_sync = (packet_.flags & sync) != 0;
  packet_.has_sure_number = packet_.is_sync && room == 0;
  if (const auto name = unsupported_in(packet_.flags); !name.empty())
    return refuse(Errc::unsupported, "flags", "pages as they are, or compressed by zlib or zstd",
                  std::string(name));
  if (auto status = check_counts(room); !status) return status;
  const ByteView name = header.subspan(name_at, name_size);
  const auto end = std::ranges::find(name, 0);
  if (end == name.end()) return refuse(Errc::bad_value, "block", "a name that ends", "256 bytes of one");
  packet_.block.assign(name.begin(), end);
  full_left_ = packet_.full;
  payload_left_ = packet_.payload;
  if (packet_.full > 0)
    if (auto status = choose_decoder(); !status) return status;
  return read_offsets(header.subspan(header_size));
}

Status Channel::check_counts(std::uint32_t room) const {
  const std::uint64_t pages = std::uint64_t{packet_.full} + packet_.zero;
  constexpr std::uint32_t known = sync | zlib | zstd;
  if ((packet_.flags & ~known) != 0 || (packet_.flags & compressions) == (zlib | zstd))
    return refuse(Errc::bad_value, "flags", "flags that are known", fmt::format("{:#x}", packet_.flags));
  if (room != pages_in_packet() && (room != 0 || !packet_.is_sync || pages != 0))
    return refuse(Errc::bad_value, "pages_alloc", fmt::to_string(pages_in_packet()), fmt::to_string(room));
  if (pages > pages_in_packet())
    return refuse(Errc::bad_value, "pages", fmt::format("at most {} pages", pages_in_packet()),
                  fmt::to_string(pages));
  return {};
}

/// Of the contents; all packets of a channel are compressed alike, in one stream of the compressor.
Status Channel::choose_decoder() {
  const std::uint32_t compression = packet_.flags & compressions;
  const std::uint64_t size = packet_.full * page_size_;
  const bool is_packed = compression != 0;
  if (is_packed ? packet_.payload > most_packed(size) || packet_.payload == 0 : packet_.payload != size)
    return refuse(Errc::bad_length, "next_packet_size",
                  is_packed ? fmt::format("1 to {} bytes", most_packed(size)) : fmt::format("{} bytes", size),
                  fmt::to_string(packet_.payload));
  if (compression_ && *compression_ != compression)
    return refuse(Errc::bad_value, "flags", fmt::format("the compression {:#x} again", *compression_),
                  fmt::format("{:#x}", compression));
  if (compression_ || !is_packed) return compression_ = compression, Status();
  compression_ = compression;
  decoder_ = compression == zlib ? make_zlib_decoder() : make_zstd_decoder(shared_limits(options_));
  unpacked_.resize(std::max<std::size_t>(unpacked_size, static_cast<std::size_t>(page_size_)));
  return decoder_->begin();
}

Status Channel::read_offsets(ByteView list) {
  packet_.offsets.clear();
  for (std::size_t page = 0; page < packet_.full + packet_.zero; ++page)
    packet_.offsets.push_back(load_be<std::uint64_t>(list.data() + page * offset_size));
  return {};
}

Result<ByteView> Channel::read_pages() {
  auto pages = decoder_ ? unpack() : read_plain();
  if (pages) bytes_read_ += pages->size();
  return pages;
}

Result<ByteView> Channel::read_plain() {
  const auto size = static_cast<std::size_t>(page_size_);
  const auto bytes = have(size);
  if (!bytes) return bytes.error();
  const std::size_t count = std::min<std::size_t>(bytes->size() / size, full_left_);
  if (count == 0) return ends_early(fmt::format("{} pages more", full_left_));
  input_.consume(count * size);
  full_left_ -= static_cast<std::uint32_t>(count);
  payload_left_ -= static_cast<std::uint32_t>(count * size);
  return bytes->first(count * size);
}

Result<ByteView> Channel::unpack() {
  const auto size = static_cast<std::size_t>(page_size_);
  const std::size_t count = std::min<std::size_t>(unpacked_.size() / size, full_left_);
  const MutableBytes pages = MutableBytes(unpacked_).first(count * size);
  if (auto status = unpack_into(pages); !status) return std::move(status.error());
  full_left_ -= static_cast<std::uint32_t>(count);
  return ByteView(pages);
}

/// What is at hand of the payload; one byte at least, where any is left.
Result<ByteView> Channel::have_payload() {
  const auto bytes = have(std::min<std::size_t>(payload_left_, 1));
  if (!bytes) return bytes.error();
  if (bytes->empty() && payload_left_ > 0) return ends_early(fmt::format("{} bytes more", payload_left_));
  return bytes->first(std::min<std::size_t>(bytes->size(), payload_left_));
}

/// Fills `to` from the payload.
Status Channel::unpack_into(MutableBytes to) {
  while (!to.empty()) {
    const auto some = have_payload();
    if (!some) return some.error();
    const auto step = decoder_->decode(*some, to);
    if (!step) return refuse(step.error().code, "data", step.error().expected, step.error().found);
    input_.consume(step->taken);
    payload_left_ -= static_cast<std::uint32_t>(step->taken);
    to = to.subspan(step->given);
    if (step->ended || (step->taken == 0 && step->given == 0))
      return refuse(Errc::bad_value, "data", fmt::format("{} pages", packet_.full),
                    step->ended ? "the end of compressed data" : "fewer");
  }
  return {};
}

/// What is left of the payload behind the last page gives nothing more, nor does the decompressor.
Status Channel::end_payload() {
  if (full_left_ > 0) return refuse(Errc::usage, "data", "all pages to be read", "another packet asked for");
  if (!decoder_ || packet_.full == 0) return {};
  do {
    const auto some = have_payload();
    if (!some) return some.error();
    std::array<std::uint8_t, 16> more{};
    const auto step = decoder_->decode(*some, more);
    if (!step) return refuse(step.error().code, "data", step.error().expected, step.error().found);
    if (step->given > 0 || step->ended || (step->taken == 0 && payload_left_ > 0))
      return refuse(Errc::bad_value, "data", fmt::format("{} pages", packet_.full), "more");
    input_.consume(step->taken);
    payload_left_ -= static_cast<std::uint32_t>(step->taken);
  } while (payload_left_ > 0);
  return {};
}

}  // namespace qember::container
