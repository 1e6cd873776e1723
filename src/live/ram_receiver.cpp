// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/live/ram_receiver.hpp>

#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/qber/reader.hpp>

#include "../ram/place.hpp"
#include "../ram/xbzrle.hpp"
#include "../ram/zero.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::live {
namespace {

/// Whether this stream sent a page.
enum class Base : std::uint8_t { none, sent };

/// A block of the stream's list, and where it goes.
struct Target {
  MutableBytes region;
  Applied* applied = nullptr;
};

}  // namespace

struct RamReceiver::State final : event::Handler<RamReceiver::State> {
  State(io::Input& input, Regions given, const Limits& limits, const qber::WireFormat* format)
      // A guest decides what is in its devices: it may not end its own migration by it.
      : decoder(input, limits, {.must_be_native = false, .format = format}),
        regions(std::move(given)),
        limits(limits),
        bases(decoder, limits),
        collector(decoder, limits, {.keeps_all = true, .taker_keeps = true},
                  [this](event::CollectedSection&& section) { return add(std::move(section)); }) {
    for (const auto& [name, region] : regions) applied[name];
  }

  qber::Reader decoder;
  Regions regions;
  Limits limits;
  std::map<std::string, Applied, std::less<>> applied;
  std::vector<Target> targets;           ///< by block
  std::array<event::RamPage, 64> pages;  ///< room for those that come at once
  event::PageLedger<Base> bases;
  std::uint64_t rounds = 0;
  bool done = false;
  std::optional<Error> error;

  bool in_round = false;  ///< the section at hand is a PART of RAM

  event::SectionCollector collector;
  std::vector<device::SavedDevice> devices;
  std::vector<ReceivedValue> values;
  std::size_t held_by_values = 0;                     ///< bytes
  std::optional<device::SavedDevice::Header> device;  ///< the one whose section is open

  Error refuse(Errc code, std::string expected, std::string found) const {
    return {code, decoder.offset(), decoder.path(), std::move(expected), std::move(found)};
  }
  Error unsupported(std::string_view found) const {
    return refuse(Errc::unsupported, "memory page by page, and devices", std::string(found));
  }

  Status on(const event::SectionBegin& section);
  Status on(const event::RamBlocks& list);
  Status on(const event::RamPage& page);
  Status on(const event::Body& piece);
  Status on(const event::SectionEnd& end);
  Status on(const event::SchemaValue& value);
  Status on(const event::DescriptionText& text) { return collector.on(text); }
  Status on(const event::Command& command);
  Status on(const event::RamControl&) { return unsupported("memory that comes by another way"); }
  Status on(const event::MappedBitmap&) { return unsupported("a mapped-ram file"); }
  Status on(const event::MappedStale&) { return unsupported("a mapped-ram file"); }
  Status on(const event::TrailingData&) { return unsupported("devices that nothing tells apart"); }
  Status on(const event::Eof&) {
    done = true;
    return {};
  }
  void on(const event::AnyOf<event::StreamBegin, event::Configuration, event::StreamEnd> auto&) {}

  Status receive();
  bool receive_pages();
  Status check_limits() const;
  Status add(event::CollectedSection&& section);
  Status apply_delta(const event::RamPage& page, MutableBytes to, Base base);
};

Status RamReceiver::State::on(const event::SectionBegin& section) {
  const event::BodyKind kind = body_kind(section.name, section.type);
  if (kind != event::BodyKind::ram && section.type != event::Element::section_full)
    return unsupported(fmt::format("a part of {:?}", section.name));
  in_round = kind == event::BodyKind::ram && section.type == event::Element::section_part;
  device.reset();
  if (kind == event::BodyKind::device)
    device = {std::string(section.name), section.instance, section.version, decoder.offset()};
  collector.on(section);
  return check_limits();
}

Status RamReceiver::State::on(const event::SchemaValue& value) {
  constexpr std::size_t cost = 256;
  held_by_values += value.encoded.size() + cost;
  if (held_by_values > limits.max_held)
    return refuse(Errc::limit, fmt::format("max_held: at most {} bytes of values", limits.max_held), "more");
  collector.on(value);
  values.push_back({std::string(value.name), Bytes(value.encoded.begin(), value.encoded.end()),
                    decoder.offset(), decoder.path(), device});
  return {};
}

Status RamReceiver::State::on(const event::RamBlocks& list) {
  if (!targets.empty()) return unsupported("another list of RAM blocks");
  std::vector<Target> found;
  for (const event::RamBlock& block : list.blocks) {
    const auto region = regions.find(block.name);
    if (region == regions.end())
      return refuse(Errc::unknown_block, "a block that is registered", fmt::format("{:?}", block.name));
    if (block.length > region->second.size())
      return refuse(Errc::page_outside_block,
                    fmt::format("at most {} bytes of {:?}", region->second.size(), block.name),
                    fmt::to_string(block.length));
    found.push_back({region->second.first(block.length), &applied.find(block.name)->second});
  }
  targets = std::move(found);
  bases.note(list);
  return {};
}

Status RamReceiver::State::on(const event::RamPage& page) {
  const std::uint64_t size = decoder.session().page_size_or_default();
  const Target& target = targets[page.block];
  // That it begins in its block, at a multiple of its size, is known; the last page may be cut.
  if (size > target.region.size() - page.addr)
    return refuse(Errc::page_outside_block, fmt::format("a page that ends by {:#x}", target.region.size()),
                  fmt::format("one at {:#x}", page.addr));
  const MutableBytes to = target.region.subspan(page.addr, size);
  const std::uint64_t number = page.addr / size;
  if (auto status = bases.check_memory(); !status) return status;
  switch (page.kind) {
    case event::RamPageKind::zero:
      // Memory that was never touched takes no room until it is written to.
      if (page.fill != 0 || !ram::is_zero(to)) std::ranges::fill(to, page.fill);
      ++target.applied->zero;
      break;
    case event::RamPageKind::full:
      ram::place(page.data, to.data());
      ++target.applied->full;
      break;
    case event::RamPageKind::xbzrle:
      if (auto status = apply_delta(page, to, bases.get(page.block, number)); !status) return status;
      ++target.applied->delta;
      break;
    case event::RamPageKind::compressed: return unsupported("a compressed page");
  }
  bases.exchange(page.block, number, Base::sent);
  target.applied->bytes += size;
  return {};
}

Status RamReceiver::State::apply_delta(const event::RamPage& page, MutableBytes to, Base base) {
  if (base == Base::none)
    return refuse(Errc::bad_delta, "a page that was sent before its delta",
                  fmt::format("none at {:#x}", page.addr));
  auto status = ram::xbzrle_apply(page.data, to);
  if (status) return {};
  Error& error = status.error();
  return refuse(Errc::bad_delta, fmt::format("{} at byte {} of the delta", error.expected, error.offset),
                std::move(error.found));
}

Status RamReceiver::State::check_limits() const {
  if (!collector.exceeded()) return {};
  return collector.exceeded() == event::Fit::beyond_held_limit
             ? refuse(Errc::limit, fmt::format("at most {} bytes of devices", limits.max_held), "more")
             : refuse(Errc::limit, fmt::format("at most {} bytes of a device", limits.max_section), "more");
}

Status RamReceiver::State::on(const event::Body& piece) {
  collector.on(piece);
  return check_limits();
}

Status RamReceiver::State::on(const event::SectionEnd& end) {
  device.reset();
  if (std::exchange(in_round, false)) ++rounds;
  return collector.on(end);
}

Status RamReceiver::State::add(event::CollectedSection&& section) {
  if (section.typed_size != 0) return {};
  devices.emplace_back(
      device::SavedDevice::Header{std::move(section.name), section.instance, section.version, section.offset},
      std::move(section.body), std::move(section.device));
  return {};
}

Status RamReceiver::State::on(const event::Command& command) {
  if (command.id != static_cast<std::uint16_t>(event::CommandId::postcopy_ram_discard)) return {};
  return unsupported("postcopy");
}

RamReceiver::RamReceiver(io::Input& input, Regions regions, const Limits& limits,
                         const qber::WireFormat* format)
    : state_(std::make_unique<State>(input, std::move(regions), limits, format)) {}
RamReceiver::~RamReceiver() = default;

/// Those that are there, up to one that can't be applied. False where none is.
bool RamReceiver::State::receive_pages() {
  const std::size_t count = decoder.next_pages(pages);
  for (std::size_t i = 0; i < count; ++i) {
    auto status = on(pages[i]);
    if (status) continue;
    error = std::move(status.error());
    decoder.go_to_page(i);
    error->offset = decoder.offset();
    error->path = decoder.path();
    break;
  }
  return count != 0;
}

Status RamReceiver::State::receive() {
  while (!done && !error) {
    if (receive_pages()) continue;
    const auto event = decoder.next();
    if (!event) {
      if (event.error().code == Errc::need_more) return {};
      error = event.error();
    } else if (auto status = take(*event); !status) {
      error = std::move(status.error());
    }
  }
  if (error) return *error;
  return {};
}

Status RamReceiver::receive() {
  auto status = state_->receive();
  ram::placed();
  return status;
}

bool RamReceiver::done() const noexcept { return state_->done; }
const std::map<std::string, Applied, std::less<>>& RamReceiver::applied() const noexcept {
  return state_->applied;
}
std::uint64_t RamReceiver::rounds() const noexcept { return state_->rounds; }
std::span<const device::SavedDevice> RamReceiver::devices() const noexcept { return state_->devices; }
std::span<const ReceivedValue> RamReceiver::values() const noexcept { return state_->values; }
Result<const device::SavedDevice*> RamReceiver::device(std::string_view name, std::uint32_t instance) const {
  for (const device::SavedDevice& each : state_->devices)
    if (each.name() == name && each.instance() == instance) return &each;
  return Error{Errc::description_mismatch, 0, fmt::format("{}/{}", name, instance), "a device", "none"};
}

}  // namespace qember::live
