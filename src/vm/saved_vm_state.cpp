// SPDX-License-Identifier: LGPL-2.1-or-later
#include "saved_vm_state.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/event/section_collector.hpp>

#include "plain_source.hpp"
#include "stream_end.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// Smaller files are read in order: that takes no longer.
constexpr std::uint64_t least_for_end = std::uint64_t{16} << 20U;

/// That the devices which were read from the end are those of the stream.
class EndCheck final : public event::Handler<EndCheck> {
 public:
  EndCheck(const event::Context& context, std::span<const device::SavedDevice> devices)
      : context_(context), devices_(devices) {}

  using Sink::take;
  Status take(std::span<const event::RamPage>) override { return {}; }
  bool takes_batches() const noexcept override { return true; }

 private:
  friend class event::Handler<EndCheck>;

  Status on(const event::SectionBegin& section) {
    if (section.type != event::Element::section_full) return {};
    if (next_ == devices_.size()) return refuse("another section");
    const device::SavedDevice& device = devices_[next_++];
    if (device.offset() == context_.offset() && device.name() == section.name &&
        device.instance() == section.instance && device.version() == section.version)
      return {};
    return refuse("another section");
  }
  Status on(const event::Eof&) { return next_ == devices_.size() ? Status() : refuse("the end mark"); }
  void on(const event::AnyOf<event::StreamBegin, event::Configuration, event::Command, event::RamBlocks,
                             event::RamControl, event::RamPage, event::MappedBitmap, event::MappedStale,
                             event::Body, event::SectionEnd, event::DescriptionText, event::TrailingData,
                             event::StreamEnd, event::SchemaValue> auto&) {}

  Error refuse(std::string found) const {
    return {Errc::description_mismatch, context_.offset(), context_.path(),
            "the devices that the end of the file has", std::move(found)};
  }

  const event::Context& context_;
  std::span<const device::SavedDevice> devices_;
  std::size_t next_ = 0;
};

}  // namespace

SavedVmState::SavedVmState(const SavedVmOptions& with)
    : options(with), session(with.limits), room(std::make_shared<device::FieldRoom>(with.limits)) {}

StreamOptions SavedVmState::read_options() const {
  StreamOptions read = options_of_file();
  read.snapshot = {};
  read.unpack_lzop = {};
  read.channels = {};
  // Of a stream that runs as the file does, offsets are the file's.
  if (!opened->is_in_file() || merged) read.offset = {};
  return read;
}

/// The inverse of `SavedVmOptions::of`.
StreamOptions SavedVmState::options_of_file() const {
  StreamOptions read;
  read.limits = options.limits;
  read.page_size = options.page_size;
  read.wire_format = options.wire_format;
  read.offset = options.offset;
  read.snapshot = options.snapshot;
  read.allow_trailing = options.allow_trailing;
  read.unpack_lzop = options.unpack_lzop;
  read.channels = options.channels;
  return read;
}

Result<std::unique_ptr<OpenedStream>> SavedVmState::open_stream(bool is_all_read) {
  StreamOptions stream_options = read_options();
  // Device state is met with its description.
  stream_options.reorder = is_all_read && !devices;
  stream_options.read_ahead = is_all_read;
  // The index has their places.
  stream_options.skims_pages = is_all_read;
  return OpenedStream::open(*source, std::move(stream_options));
}

/// What is compressed or in clusters is a source of its own, which begins with the stream.
Status SavedVmState::open_container(io::ByteSource& from) {
  source = from.is_seekable() ? &from : &spooled.emplace(from, options.limits.max_spooled);
  auto found = container::Opened::open(
      *source,
      {options.limits, options.offset, options.snapshot, options.allow_trailing, options.unpack_lzop},
      contents);
  if (!found) return std::move(found.error());
  opened = std::move(*found);
  if (opened->is_in_file()) return {};
  io::ByteSource& inner = opened->extent();
  source = inner.is_seekable() ? &inner : &unpacked.emplace(inner, options.limits.max_spooled);
  return {};
}

/// What a multifd set makes is a stream of its own.
Status SavedVmState::open_set(io::ByteSource& main) {
  StreamOptions read = options_of_file();
  read.reorder = false;
  auto stream = OpenedStream::open(main, std::move(read));
  if (!stream) return std::move(stream.error());
  contents = (*stream)->contents();
  options.page_size = (*stream)->told_page_size();
  merged = std::make_unique<PlainSource>(std::move(*stream));
  source = &spooled.emplace(*merged, options.limits.max_spooled);
  container::Contents of_merged;
  auto found = container::Opened::open(*source, {.limits = options.limits}, of_merged);
  if (!found) return std::move(found.error());
  opened = std::move(*found);
  return {};
}

Status SavedVmState::open(io::ByteSource& from) {
  auto status = options.channels.empty() ? open_container(from) : open_set(from);
  return status ? read_begin() : status;
}

Status SavedVmState::read_begin() {
  auto stream = open_stream(false);
  if (!stream) return std::move(stream.error());
  format = (*stream)->format();
  begins_with_ram_ = true;
  for (;;) {
    const auto event = (*stream)->next();
    if (!event) return event.error();
    if (const auto* configuration = std::get_if<event::Configuration>(&*event))
      machine = as_text(configuration->machine);
    if (const auto* section = std::get_if<event::SectionBegin>(&*event))
      begins_with_ram_ &= body_kind(section->name, section->type) == event::BodyKind::ram;
    const bool is_end = std::holds_alternative<event::StreamEnd>(*event);
    if (!is_end && !std::holds_alternative<event::RamBlocks>(*event)) continue;
    begins_with_ram_ &= !is_end;
    session = (*stream)->session();
    return {};
  }
}

Status SavedVmState::load_devices() {
  if (auto status = try_end(); !status) return status;
  return devices ? Status() : load();
}

bool SavedVmState::load_devices_from_end() { return try_end() && from_end; }

Status SavedVmState::try_end() {
  if (devices) return {};
  const bool is_worth_it = options.from_end && format == Format::native && begins_with_ram_ &&
                           source->size().value_or(0) >= least_for_end;
  return is_worth_it ? read_end() : Status();
}

Status SavedVmState::read_end() {
  auto sections = read_stream_end(*source, session, options.limits);
  if (!sections) return std::move(sections.error());
  if (sections->empty()) return {};
  devices.emplace();
  for (EndDevice& each : *sections)
    devices->emplace_back(device::SavedDevice::Header{std::string(each.device->name), each.device->instance,
                                                      each.version, each.offset},
                          std::move(each.body), std::move(each.device), room);
  from_end = true;
  return {};
}

Status SavedVmState::load(const Watch& watch) {
  if (failed) return *failed;
  if (index) return {};
  auto status = read_all(watch);
  if (!status) {
    index.reset();
    failed = status.error();
  }
  return status;
}

/// Why the values of a section can't be read; null where they can, or where nothing describes them.
std::shared_ptr<const Error> SavedVmState::obstacle_of(event::CollectedSection& section) {
  const auto beyond = [](std::string expected, std::string found) {
    return std::make_shared<const Error>(Error{Errc::limit, 0, {}, std::move(expected), std::move(found)});
  };
  const Limits& limits = options.limits;
  switch (section.fit) {
    case event::Fit::does_not_fit: return std::make_shared<const Error>(std::move(*section.error));
    case event::Fit::beyond_section_limit:
      return beyond(fmt::format("max_section: a section of at most {} bytes", limits.max_section),
                    fmt::to_string(section.size));
    case event::Fit::beyond_held_limit:
      if (!beyond_held_)
        beyond_held_ =
            beyond(fmt::format("max_held: devices of at most {} bytes in all", limits.max_held), "more");
      return beyond_held_;
    case event::Fit::fits:
    case event::Fit::undescribed:
    case event::Fit::before_description:
    case event::Fit::in_parts: break;
  }
  return nullptr;
}

device::SavedDevice SavedVmState::saved(event::CollectedSection&& section) {
  auto obstacle = obstacle_of(section);
  if (section.fit != event::Fit::fits) section.device = nullptr;
  return {{std::move(section.name), section.instance, section.version, section.offset},
          std::move(section.body),
          std::move(section.device),
          room,
          std::move(obstacle)};
}

Status SavedVmState::read_all(const Watch& watch) {
  auto stream = open_stream(true);
  if (!stream) return std::move(stream.error());
  index = std::make_unique<PageIndex>(**stream, options.limits);
  std::vector<event::Sink*> sinks{index.get()};
  if (watch) sinks.push_back(&watch(**stream));
  std::vector<device::SavedDevice> found;
  event::SectionCollector collector(**stream, options.limits, {true, true, true},
                                    [&](event::CollectedSection&& section) {
                                      if (section.type == event::Element::section_full)
                                        found.push_back(saved(std::move(section)));
                                      return Status();
                                    });
  std::optional<EndCheck> check;
  sinks.push_back(devices ? static_cast<event::Sink*>(&check.emplace(**stream, *devices)) : &collector);
  if (auto status = event::pump(**stream, sinks); !status) return status;
  if (!devices) devices = std::move(found);
  session = (*stream)->session();
  index->finish();
  return {};
}

}  // namespace qember::vm
