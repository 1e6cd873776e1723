// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/live/ram_sender.hpp>

#include <qember/advanced/qber/section_writer.hpp>
#include <qember/advanced/qber/writer.hpp>

#include "../ram/page_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::live {
namespace {

constexpr std::uint32_t ram_id = 0;
constexpr std::uint32_t ram_version = 4;

Error refuse(Errc code, std::string path, std::string expected, std::string found) {
  return {code, 0, std::move(path), std::move(expected), std::move(found)};
}

/// Where the writer looks up what events leave out; they themselves are handed to it.
class Told final : public event::Context {
 public:
  explicit Told(std::uint64_t page_size) { session_.set_page_size(page_size); }

  event::Session& session() { return session_; }
  const event::Session& session() const override { return session_; }
  std::uint64_t offset() const override { return 0; }
  std::string path() const override { return {}; }
  bool is_description_first() const override { return true; }

 private:
  event::Session session_{Limits::trusted()};
};

}  // namespace

struct RamSender::State {
  State(io::Output& output, SenderOptions given)
      : options(std::move(given)),
        told(options.page_size),
        writer(output, options.format ? *options.format : qber::WireFormat::own()),
        encoder(told, writer, Limits::trusted()) {}

  enum class At : std::uint8_t { begin, between, round, end } at = At::begin;
  SenderOptions options;
  Told told;
  qber::SectionWriter writer;
  qber::Writer encoder;
  std::optional<ram::PageEncoder> pages;   ///< once the options are known to be right
  std::vector<std::uint64_t> first_pages;  ///< of each block, in a row with those of all others
  std::optional<std::uint32_t> last_block;
  std::uint64_t rounds = 0;
  SenderTally tally;

  Status write(std::initializer_list<event::Event> events) {
    for (const event::Event& event : events)
      if (auto status = encoder.take(event); !status) return status;
    return {};
  }
  Status begin();
  Status open_pages(std::uint64_t total);
  Status check() const;
  Status check(const event::RamPage& page);
  Status write(std::uint32_t id, const device::DeviceState& device);
  Status write(std::uint32_t id, const TypedDevice& device);
  Status check_devices(std::span<const device::DeviceState> devices,
                       std::span<const TypedDevice> typed) const;
};

Status RamSender::State::check() const {
  if (!event::is_page_size(options.page_size))
    return refuse(Errc::usage, "page_size", "a power of two from 256 to 65536",
                  fmt::to_string(options.page_size));
  constexpr std::size_t most_name = 255;
  for (const event::RamBlock& block : options.blocks) {
    if (block.length % options.page_size != 0)
      return refuse(Errc::usage, "blocks", fmt::format("lengths that are multiples of {}", options.page_size),
                    fmt::format("{} for {:?}", block.length, block.name));
    if (block.name.size() > most_name)
      return refuse(Errc::usage, "blocks", fmt::format("names of at most {} bytes", most_name),
                    fmt::to_string(block.name.size()));
    if (block.mapped) return refuse(Errc::usage, "blocks", "blocks of memory", "those of a mapped-ram file");
  }
  return {};
}

/// A cache of more than all pages is of no use.
Status RamSender::State::open_pages(std::uint64_t total) {
  const std::uint64_t count = total / options.page_size;
  const std::size_t most = count > std::size_t{1} << 50U
                               ? options.cache_size
                               : count * ram::PageCache::place_size(options.page_size);
  pages.emplace(options.page_size, std::min(options.cache_size, most));
  if (pages->places() > 0 || options.cache_size < ram::PageCache::place_size(options.page_size) || count == 0)
    return {};
  return refuse(Errc::usage, "cache_size", "a cache that there is memory for",
                fmt::to_string(options.cache_size));
}

Status RamSender::State::begin() {
  if (auto status = check(); !status) return status;
  std::uint64_t total = 0;
  std::vector<std::uint64_t> firsts;
  for (const event::RamBlock& block : options.blocks) {
    firsts.push_back(total / options.page_size);
    total += block.length;
  }
  Told fresh(options.page_size);
  if (auto status = fresh.session().open_blocks(total, options.blocks); !status) return status;
  if (auto status = open_pages(total); !status) return status;
  told.session() = std::move(fresh.session());
  first_pages = std::move(firsts);
  return write({event::StreamBegin{},
                event::SectionBegin{event::Element::section_start, ram_id, "ram", 0, ram_version},
                event::RamBlocks{total, told.session().blocks()}, event::SectionEnd{}});
}

Status RamSender::State::check(const event::RamPage& page) {
  if (at != At::round) return refuse(Errc::wrong_order, "page", "a round that has begun", "none");
  const auto blocks = told.session().blocks();
  if (page.block >= blocks.size())
    return refuse(Errc::unknown_block, "page", fmt::format("one of {} blocks", blocks.size()),
                  fmt::to_string(page.block));
  if (page.data.size() != options.page_size)
    return refuse(Errc::usage, "page", fmt::format("a page of {} bytes", options.page_size),
                  fmt::to_string(page.data.size()));
  auto status = told.session().note(page);
  if (!status) status.error().path = "page";
  return status;
}

Status RamSender::State::write(std::uint32_t id, const device::DeviceState& device) {
  Bytes body;
  for (const device::DeviceState::Field& field : device.fields())
    body.insert(body.end(), field.bytes.begin(), field.bytes.end());
  return write({event::SectionBegin{event::Element::section_full, id, device.name(), device.instance(),
                                    device.version()},
                event::Body{body}, event::SectionEnd{}});
}

Status RamSender::State::write(std::uint32_t id, const TypedDevice& device) {
  return write(
      {event::SectionBegin{event::Element::section_full, id, device.name, device.instance, device.version},
       event::SchemaValue{device.alternative, device.encoded, false}, event::SectionEnd{}});
}

Status RamSender::State::check_devices(std::span<const device::DeviceState> devices,
                                       std::span<const TypedDevice> typed) const {
  const auto check_name = [](std::string_view name) -> Status {
    if (body_kind(name, event::Element::section_full) == event::BodyKind::device) return {};
    return refuse(Errc::usage, "devices", "the name of a device", fmt::format("{:?}", name));
  };
  for (const device::DeviceState& device : devices)
    if (auto status = check_name(device.name()); !status) return status;
  for (const TypedDevice& device : typed) {
    if (auto status = check_name(device.name); !status) return status;
    if (writer.format().state(device.alternative) == nullptr)
      return refuse(Errc::unsupported, "devices", "a type that the schema adds to SecFull.contents",
                    fmt::format("{:?}", device.alternative));
  }
  return {};
}

RamSender::RamSender(io::Output& output, SenderOptions options)
    : state_(std::make_unique<State>(output, std::move(options))) {}
RamSender::~RamSender() = default;

Status RamSender::begin_round() {
  State& state = *state_;
  if (state.at != State::At::begin && state.at != State::At::between)
    return refuse(Errc::wrong_order, "begin_round", "a stream between two rounds", "another place in it");
  if (state.at == State::At::begin) {
    if (auto status = state.begin(); !status) return status;
  }
  state.at = State::At::round;
  state.pages->begin_round();
  return state.write({event::SectionBegin{event::Element::section_part, ram_id, "ram", 0, ram_version}});
}

Result<Sent> RamSender::page(std::uint32_t block, std::uint64_t addr, ByteView bytes) {
  State& state = *state_;
  event::RamPage page;
  page.block = block;
  page.addr = addr;
  page.data = bytes;
  if (auto status = state.check(page); !status) return std::move(status.error());

  const auto encoded = state.pages->encode(state.first_pages[block] + addr / state.options.page_size, bytes);
  if (!encoded) {
    ++state.tally.unchanged;
    return Sent::nothing;
  }
  page.data = encoded->data;
  page.stable = encoded->borrowed;
  page.names_block = state.last_block != block;
  state.last_block = block;
  Sent sent = Sent::full;
  switch (encoded->kind) {
    case ram::PageKind::zero:
      page.kind = event::RamPageKind::zero;
      sent = Sent::zero;
      ++state.tally.zero;
      break;
    case ram::PageKind::xbzrle:
      page.kind = event::RamPageKind::xbzrle;
      sent = Sent::delta;
      ++state.tally.delta;
      break;
    default: page.kind = event::RamPageKind::full; ++state.tally.full;
  }
  if (auto status = state.encoder.take(page); !status) return std::move(status.error());
  return sent;
}

Status RamSender::end_round() {
  State& state = *state_;
  if (state.at != State::At::round)
    return refuse(Errc::wrong_order, "end_round", "a round that has begun", "none");
  state.at = State::At::between;
  ++state.rounds;
  return state.write({event::SectionEnd{}});
}

Status RamSender::section(std::string_view alternative, ByteView encoded) {
  State& state = *state_;
  if (state.at != State::At::between)
    return refuse(Errc::wrong_order, "section", "a stream between two rounds", "another place in it");
  if (state.writer.format().section(alternative) == nullptr)
    return refuse(Errc::unsupported, "section", "a type that the schema adds to Sections",
                  fmt::format("{:?}", alternative));
  return state.write({event::SchemaValue{alternative, encoded, false}});
}

Status RamSender::finish(std::span<const device::DeviceState> devices, std::span<const TypedDevice> typed) {
  State& state = *state_;
  if (state.at != State::At::between)
    return refuse(Errc::wrong_order, "finish", "a stream between two rounds", "another place in it");
  if (auto status = state.check_devices(devices, typed); !status) return status;
  const auto text = describe(devices, state.options.page_size);
  if (!text) return text.error();

  state.at = State::At::end;
  if (auto status =
          state.write({event::SectionBegin{event::Element::section_end, ram_id, "ram", 0, ram_version},
                       event::SectionEnd{}, event::DescriptionText{as_bytes(*text)}});
      !status)
    return status;
  std::uint32_t id = ram_id;
  for (const device::DeviceState& device : devices)
    if (auto status = state.write(++id, device); !status) return status;
  for (const TypedDevice& device : typed)
    if (auto status = state.write(++id, device); !status) return status;
  return state.write({event::Eof{}, event::StreamEnd{}});
}

std::uint64_t RamSender::rounds() const noexcept { return state_->rounds; }
const SenderTally& RamSender::tally() const noexcept { return state_->tally; }

}  // namespace qember::live
