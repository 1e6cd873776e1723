// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/listing.hpp>

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

using event::BodyKind;
using event::Element;
using event::Fit;

std::string misfit(const event::CollectedSection& section) {
  const auto measured = device::measure_state(*section.device, section.body);
  return "does not fit its description: " +
         (measured ? fmt::format("{} bytes more than it has fields for", section.size - *measured)
                   : fmt::format("at +{:x} expected {}, found {}", section.error->offset,
                                 section.error->expected, section.error->found));
}

}  // namespace

std::string reason_without_fields(const event::CollectedSection& section,
                                  const event::SectionCollector& collector, const Limits& limits) {
  const auto larger = [](std::string_view what, std::size_t limit) {
    return fmt::format("{} the limit of {} bytes", what, limit);
  };
  if (section.typed_size != 0) return "its state is of a type that the schema adds";
  switch (section.fit) {
    case Fit::beyond_section_limit: return larger("larger than", limits.max_section);
    case Fit::beyond_held_limit:
      return larger("with what waits for a description it is larger than", limits.max_held);
    case Fit::undescribed: return "the description does not have it";
    case Fit::before_description:
      if (const auto& error = collector.description_error())
        return fmt::format("the description can't be read: {}", error->found);
      return "the stream has no description of it";
    case Fit::does_not_fit: return misfit(section);
    case Fit::fits:
    case Fit::in_parts: break;
  }
  return {};
}

void Listing::on(const event::SectionBegin& section) {
  collector_.on(section);
  current_.reset();
  const bool is_ram = event::body_kind(section.name, section.type) == BodyKind::ram;
  if (section.type == Element::section_full && !is_ram) return;
  const bool begins = section.type == Element::section_start || section.type == Element::section_full;
  if (begins) {
    parted_[section.id] = listed_.sections.size();
    listed_.sections.push_back(
        {std::string(section.name), section.instance, section.version, context_.offset(), 0, 0, {}});
  }
  const auto known = parted_.find(section.id);
  if (known == parted_.end()) return;
  current_ = known->second;
  ++listed_.sections[*current_].parts;
}

void Listing::on(const event::RamBlocks& list) {
  for (const event::RamBlock& block : list.blocks) listed_.blocks.push_back({block});
}

void Listing::on(const event::RamPage& page) {
  listed_.blocks[page.block].sent.add(page);
  if (current_) listed_.sections[*current_].size += page.data.size();
}

void Listing::add(const event::CollectedSection& section) {
  if (section.fit != Fit::in_parts) {
    listed_.sections.push_back({section.name, section.instance, section.version, section.offset,
                                section.size + section.typed_size, 0,
                                reason_without_fields(section, collector_, limits_)});
  } else if (current_) {
    listed_.sections[*current_].size += section.size;
  }
}

/// A device that waited for its description is handed out after what follows it.
ListedStream Listing::listed() {
  std::ranges::sort(listed_.sections, {}, &ListedSection::offset);
  return std::move(listed_);
}

std::optional<ListedStream> list_from_end(const SavedVm& vm) {
  if (!vm.load_devices_from_end()) return std::nullopt;
  const auto devices = vm.devices();
  if (!devices) return std::nullopt;
  StreamOptions options = vm.stream_options();
  options.read_ahead = false;
  auto stream = OpenedStream::open(vm.bytes(), std::move(options));
  if (!stream) return std::nullopt;
  Listing begin(**stream, vm.options().limits);
  while (!begin.has_blocks()) {
    const auto event = (*stream)->next();
    if (!event || std::holds_alternative<event::StreamEnd>(*event) || !begin.take(*event))
      return std::nullopt;
  }
  ListedStream listed = begin.listed();
  for (const device::SavedDevice& device : *devices)
    listed.sections.push_back(
        {device.name(), device.instance(), device.version(), device.offset(), device.body().size(), 0, {}});
  return listed;
}

}  // namespace qember::vm
