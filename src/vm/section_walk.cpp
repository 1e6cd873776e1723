// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/section_walk.hpp>

#include <qember/advanced/vm/listing.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

namespace qember::vm {

using event::BodyKind;
using event::Element;

void RamTally::add(const event::RamPage& page) {
  PageTally::add(page);
  digest = chain(digest, {static_cast<std::uint64_t>(page.kind) << 8U | page.fill, page.addr});
  if (page.kind != event::RamPageKind::zero) digest = chain(digest, digest_of(page.data));
}

void SectionWalk::on(const event::SectionBegin& section) {
  place_ = {section, offset()};
  in_section_ = true;
  name_ = section.name;
  place_.section.name = name_;
  iterative_ = nullptr;
  collector_.on(section);
  const BodyKind kind = event::body_kind(section.name, section.type);
  if (section.type != Element::section_full || kind == BodyKind::ram) begin_part(section);
}

void SectionWalk::begin_part(const event::SectionBegin& section) {
  iterative_ = &iteratives_[section.id];
  Iterated& sum = iterative_->sum;
  ++sum.parts;
  if (section.type != Element::section_start && section.type != Element::section_full) return;
  *iterative_ = {};
  sum.place = place_;
  sum.name = name_;
  sum.parts = 1;
  const bool is_ram = event::body_kind(section.name, section.type) == BodyKind::ram;
  if (!is_ram && wants_part()) visitor_.start(place_, {});
}

void SectionWalk::on(const event::RamBlocks& list) {
  iterative_->tallies.resize(list.blocks.size());
  if (wants_part()) visitor_.start(place_, list.blocks);
}

/// In a section other than RAM it is the state of a device.
void SectionWalk::on(const event::SchemaValue& value) {
  const bool is_state = in_section_ && iterative_ == nullptr;
  collector_.on(value);
  if (is_state ? !wants_part() : !whole()) return;
  found_ = true;
  visitor_.added(offset(), is_state ? &place_ : nullptr, value);
}

void SectionWalk::on(const event::SectionEnd& end) {
  in_section_ = false;
  static_cast<void>(collector_.on(end));
  if (iterative_ == nullptr || place_.section.type != Element::section_end) return;
  iterative_->sum.ended = true;
  end_iterative();
  iteratives_.erase(place_.section.id);
  iterative_ = nullptr;
}

void SectionWalk::add_part(const event::CollectedSection& section) {
  Iterated& sum = iterative_->sum;
  sum.bytes += section.size;
  if (section.size != 0) sum.digest = chain(sum.digest, section.digest);
}

void SectionWalk::take_device(const event::CollectedSection& section) {
  if (section.typed_size != 0) return;
  consider_description();
  if (!selector_.selects(section.name, section.instance)) return;
  const PlacedSection place{{section.type, section.id, section.name, section.instance, section.version},
                            section.offset};
  if (section.fit == event::Fit::fits) {
    const auto path = field_.path_in(*section.device);
    found_ |= path && visitor_.device(place, *section.device, section.body, *path);
  } else if (field_.selects_all()) {
    found_ = true;
    const bool is_other = section.fit == event::Fit::does_not_fit;
    visitor_.opaque(place,
                    {section.size, section.digest, reason_without_fields(section, collector_, limits_)},
                    is_other ? section.device.get() : nullptr);
  }
}

/// Ahead of the first section that is read by it.
void SectionWalk::consider_description() {
  if (considered_ == collector_.description()) return;
  considered_ = collector_.description();
  selector_.consider(considered_->devices());
  field_.consider(considered_->devices());
}

void SectionWalk::end_iterative() {
  Iterated& sum = iterative_->sum;
  if (!field_.selects_all() || !selector_.selects(sum.name, sum.place.section.instance)) return;
  found_ = true;
  sum.place.section.name = sum.name;
  const event::Session& session = context_.session();
  if (!iterative_->tallies.empty()) sum.blocks = session.blocks().first(iterative_->tallies.size());
  sum.tallies = iterative_->tallies;
  sum.page_size = session.page_size_or_default();
  visitor_.iterated(sum);
}

void SectionWalk::finish() {
  static_cast<void>(collector_.finish());
  for (auto& [id, iterative] : iteratives_) {
    iterative_ = &iterative;
    end_iterative();
  }
  iteratives_.clear();
  if (rest_ && whole())
    visitor_.rest(rest_offset_, {rest_size_, digester_.digest(),
                                 *rest_ ? "device state that nothing divides into sections" : ""});
  rest_.reset();
}

void SectionWalk::on(const event::Eof& eof) {
  static_cast<void>(collector_.on(eof));
  if (whole()) visitor_.end(offset());
}

void SectionWalk::on(const event::DescriptionText& text) {
  if (whole()) visitor_.description(offset(), {text.json.size(), digest_of(text.json), ""});
  static_cast<void>(collector_.on(text));
  consider_description();
}

void SectionWalk::on(const event::TrailingData& rest) {
  if (!rest_) {
    rest_ = rest.device_state;
    rest_offset_ = offset();
  }
  digester_.update(rest.data);
  rest_size_ += rest.data.size();
}

void SectionWalk::on(const event::StreamEnd&) { finish(); }

Status SectionWalk::missed() const {
  if (auto status = selector_.missed(); !status) return status;
  return found_ || field_.selects_all() ? Status() : field_.missed();
}

namespace {

/// The id in the header of a native section.
std::optional<std::uint32_t> read_section_id(io::ByteSource& bytes, std::uint64_t section) {
  std::array<std::uint8_t, sizeof(std::uint32_t)> id{};
  const auto count = bytes.read_at(section + 1, id);
  return count && *count == id.size() ? std::optional(load_be<std::uint32_t>(id.data())) : std::nullopt;
}

}  // namespace

bool walk_from_end(const SavedVm& vm, SectionVisitor& visitor, std::vector<std::string> devices,
                   std::string field) {
  DeviceSelector selector(std::move(devices));
  FieldSelector fields(std::move(field));
  if ((selector.selects_all() && fields.selects_all()) || !vm.load_devices_from_end()) return false;
  const auto all = vm.devices();
  if (!all || all->empty()) return false;
  // All those of one description.
  const std::span described(all->front().description(), all->size());
  selector.consider(described);
  fields.consider(described);
  if (fields.selects_all() && selector.selects("ram", 0)) return false;
  std::vector<std::pair<PlacedSection, const device::SavedDevice*>> selected;
  for (const device::SavedDevice& each : *all) {
    if (!selector.selects(each.name(), each.instance())) continue;
    const auto id = read_section_id(vm.bytes(), each.offset());
    if (!id) return false;
    selected.push_back(
        {{{event::Element::section_full, *id, each.name(), each.instance(), each.version()}, each.offset()},
         &each});
  }
  if (!selector.missed()) return false;
  bool found = false;
  for (const auto& [place, device] : selected) {
    const auto path = fields.path_in(*device->description());
    found |= path && visitor.device(place, *device->description(), device->body(), *path);
  }
  return found;
}

}  // namespace qember::vm
