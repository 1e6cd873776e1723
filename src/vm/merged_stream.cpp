// SPDX-License-Identifier: LGPL-2.1-or-later
#include "merged_stream.hpp"

#include "../event/ram_records.hpp"
#include "../event/rule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

bool is_ram(const event::SectionBegin& section) {
  return body_kind(section.name, section.type) == event::BodyKind::ram;
}

}  // namespace

MergedStream::MergedStream(event::Source& main, Channels channels)
    : main_(main), channels_(std::move(channels)) {}

std::uint64_t MergedStream::channel_bytes() const noexcept {
  std::uint64_t bytes = 0;
  for (const auto& each : channels_) bytes += each->bytes_read();
  return bytes;
}

std::string MergedStream::path() const {
  if (!is_reading_) return main_.path();
  return fmt::format("{}.page[{}]", current().path(), page_ == 0 ? 0 : page_ - 1);
}

Result<event::Event> MergedStream::next() {
  if (failed_) return *failed_;
  auto event = read();
  const bool is_over = !event && event.error().code != Errc::need_more && !in_sync();
  if (is_over) failed_ = event.error();
  return event;
}

Result<event::Event> MergedStream::read() {
  for (;;) {
    if (is_reading_) {
      auto event = read_channels();
      if (!event) return std::move(event.error());
      if (*event) return std::move(**event);
    }
    if (waiting_) return *std::exchange(waiting_, std::nullopt);
    auto event = main_.next();
    if (!event) return event;
    auto passed = pass(std::move(*event));
    if (!passed) {
      failed_ = passed.error();
      return std::move(passed.error());
    }
    if (*passed) return std::move(**passed);
  }
}

/// What is said of an event of the main channel; nothing where the channels are to be read first.
Result<std::optional<event::Event>> MergedStream::pass(event::Event event) {
  Status status;
  if (auto* page = std::get_if<event::RamPage>(&event)) {
    name_block(*page);
  } else if (const auto* section = std::get_if<event::SectionBegin>(&event)) {
    in_ram_ = is_ram(*section);
    has_flush_ = false;
    last_block_.reset();
  } else if (const auto* control = std::get_if<event::RamControl>(&event);
             control != nullptr && control->word == event::ram_flag::multifd_flush) {
    if (status = check_flush(); status) {
      has_flush_ = true;
      begin_reading();
      return std::optional<event::Event>();
    }
  } else if (std::holds_alternative<event::SectionEnd>(event) && std::exchange(in_ram_, false)) {
    if (!syncs_sections_) syncs_sections_ = !has_flush_;
    if (*syncs_sections_) {
      waiting_ = event;
      begin_reading();
      return std::optional<event::Event>();
    }
  } else if (const auto* configuration = std::get_if<event::Configuration>(&event)) {
    status = note(*configuration);
  } else if (const auto* list = std::get_if<event::RamBlocks>(&event)) {
    status = note(*list);
  } else if (std::holds_alternative<event::Eof>(event) || std::holds_alternative<event::StreamEnd>(event)) {
    status = finish();
  }
  if (!status) return std::move(status.error());
  return std::optional(std::move(event));
}

/// A stream may name its VM.
Status MergedStream::note(const event::Configuration& configuration) const {
  for (const auto& each : configuration.subsections) {
    if (each.name != "configuration/uuid") continue;
    const auto& uuid = channels_.front()->uuid();
    if (!std::ranges::equal(each.payload, uuid))
      return channels_.front()->refuse(Errc::bad_value, "uuid", "the uuid of the main channel",
                                       "that of another VM");
  }
  return {};
}

Status MergedStream::note(const event::RamBlocks& list) {
  blocks_ = main_.session();
  if (const auto size = container::page_size_of(channels_); size && !blocks_->page_size())
    blocks_->set_page_size(*size);
  if (list.blocks.empty() || !list.blocks.front().mapped) return {};
  return Error{Errc::usage, main_.offset(), main_.path(), "the main channel of a multifd migration",
               "a mapped-ram file, which has all pages"};
}

/// A stream has one kind of sync point.
Status MergedStream::check_flush() const {
  if (!syncs_sections_.value_or(false)) return {};
  return Error{Errc::unsupported, main_.offset(), main_.path(),
               "no MULTIFD_FLUSH where the first section `ram` has none", "one"};
}

void MergedStream::begin_reading() {
  ++sync_points_;
  is_reading_ = true;
  channel_ = 0;
  has_packet_ = false;
}

/// The next page; nothing once all channels have come to their SYNC.
Result<std::optional<event::Event>> MergedStream::read_channels() {
  while (channel_ < channels_.size()) {
    if (has_packet_ && pages_left() > 0) {
      auto page = read_page();
      if (!page) return std::move(page.error());
      return std::optional(std::move(*page));
    }
    if (has_packet_ && current().packet().is_sync) {
      ++channel_;
      has_packet_ = false;
      continue;
    }
    const auto more = next_packet();
    if (!more) return more.error();
    if (!*more)
      return current().ends_early(fmt::format("SYNC {} of those that the main channel has", sync_points_));
  }
  channel_ = channels_.size() - 1;
  is_reading_ = false;
  if (auto status = check_numbers(); !status) return std::move(status.error());
  return std::optional<event::Event>();
}

Result<bool> MergedStream::next_packet() {
  auto more = current().next_packet();
  has_packet_ = more && *more;
  if (!has_packet_) return more;
  page_ = 0;
  contents_ = {};
  if (auto status = check_packet(); !status) return std::move(status.error());
  return true;
}

Status MergedStream::check_packet() {
  const container::ChannelPacket& packet = current().packet();
  ++numbers_.count;
  numbers_.sum += packet.number;
  numbers_.squares += packet.number * packet.number;
  if (packet.is_sync) numbers_.syncs.push_back(packet.number);
  if (packet.is_sync && !packet.has_sure_number) numbers_.are_sure = false;
  if (packet.offsets.empty()) return {};
  ++numbers_.with_pages;
  const std::uint64_t page_size = blocks_ ? blocks_->page_size_or_default() : 0;
  if (blocks_ && page_size != current().page_size())
    return current().refuse(Errc::page_size_unknown, "pages_alloc",
                            fmt::format("the page size {} of the main channel", page_size),
                            fmt::to_string(current().page_size()));
  const auto block = blocks_ ? blocks_->find_block(as_bytes(packet.block)) : std::nullopt;
  if (!block)
    return current().refuse(Errc::unknown_block, "block", "the name of a RAM block",
                            fmt::format("{:?}", packet.block));
  block_ = *block;
  return {};
}

event::RamPage MergedStream::next_place() const {
  event::RamPage place;
  place.block = block_;
  place.addr = current().packet().offsets[page_];
  return place;
}

/// The next page of the packet, whose contents are at hand.
event::RamPage MergedStream::make_page() {
  const container::Channel& channel = current();
  event::RamPage page = next_place();
  if (page_++ < channel.packet().full) {
    const auto size = static_cast<std::size_t>(channel.page_size());
    page.kind = event::RamPageKind::full;
    page.data = contents_.first(size);
    page.stable = channel.has_stable_pages();
    contents_ = contents_.subspan(size);
  }
  name_block(page);
  return page;
}

Result<event::Event> MergedStream::read_page() {
  if (contents_.empty() && page_ < current().packet().full) {
    auto contents = current().read_pages();
    if (!contents) return std::move(contents.error());
    contents_ = *contents;
  }
  auto status = blocks_->note(next_place());
  const event::RamPage page = make_page();
  if (status) return event::Event(page);
  Error error = current().refuse(status.error().code, fmt::format("offset[{}]", page_ - 1),
                                 status.error().expected, status.error().found);
  error.rule = status.error().rule;
  return error;
}

/// A record that names no block is of the same one as the record before it.
void MergedStream::name_block(event::RamPage& page) {
  page.names_block |= page.block != last_block_;
  last_block_ = page.block;
}

std::size_t MergedStream::next_pages(std::span<event::RamPage> room) {
  if (failed_ || waiting_) return 0;
  if (!is_reading_) {
    const std::size_t count = main_.next_pages(room);
    for (event::RamPage& page : room.first(count)) name_block(page);
    return count;
  }
  std::size_t count = 0;
  while (count < room.size() && has_packet_ && pages_left() > 0) {
    const bool is_full = page_ < current().packet().full;
    if (is_full && contents_.empty()) break;
    if (!blocks_->note(next_place())) break;
    room[count++] = make_page();
  }
  return count;
}

namespace {

Error other_numbers(std::string expected) {
  return {Errc::bad_value, 0, "channels", std::move(expected),
          "other numbers: a channel is missing, or is of another migration"};
}

}  // namespace

/// What no id tells, numbers of packets do, which QEMU counts over all channels.
Status MergedStream::check_numbers() {
  const Numbers found = std::exchange(numbers_, {});
  return found.are_sure ? check_all(found) : check_syncs(found);
}

/// Since QEMU 9.0 the packets between two sync points have the numbers that come next, each once.
Status MergedStream::check_all(const Numbers& found) {
  const std::uint64_t first = std::exchange(used_, used_ + found.count);
  Numbers wanted;
  for (std::uint64_t number = first; number < first + found.count; ++number) {
    wanted.sum += number;
    wanted.squares += number * number;
  }
  if (wanted.sum == found.sum && wanted.squares == found.squares) return {};
  return other_numbers(fmt::format("the packets {} to {} in {} channels, each once", first,
                                   first + found.count - 1, channels_.size()));
}

/// Before, a packet loses its number where a SYNC joins it. Those of the SYNCs are as many as there were
/// packets with pages behind those before, and follow one another in the order of the ids.
Status MergedStream::check_syncs(const Numbers& found) {
  const std::uint64_t first = used_ + found.with_pages;
  used_ = first + channels_.size();
  const container::Channel* other = nullptr;
  std::size_t others = 0;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (found.syncs[i] == first + i) continue;
    if (others++ == 0) other = channels_[i].get();
  }
  if (others == 0) return {};
  if (others < channels_.size())
    return other->refuse(Errc::bad_value, "packet_num", fmt::to_string(first + other->id()),
                         "that of another migration");
  return other_numbers(
      fmt::format("SYNCs with the numbers {} to {} in {} channels", first, used_ - 1, channels_.size()));
}

/// No channel goes on behind the last sync point.
Status MergedStream::finish() {
  if (finished_) return {};
  finished_ = true;
  for (channel_ = 0; channel_ < channels_.size(); ++channel_) {
    for (;;) {
      const auto more = next_packet();
      if (!more) return more.error();
      if (!*more) break;
      const container::ChannelPacket& packet = current().packet();
      if (packet.is_sync || !packet.offsets.empty())
        return current().refuse(
            Errc::trailing_data, {},
            fmt::format("{} SYNCs, one for each sync point of the main channel, and nothing more",
                        sync_points_),
            "another packet");
    }
  }
  channel_ = channels_.size() - 1;
  return {};
}

}  // namespace qember::vm
