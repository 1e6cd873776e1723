// SPDX-License-Identifier: LGPL-2.1-or-later
#include "places.hpp"

#include "../../device/layout.hpp"

namespace qember::vm {
namespace {

constexpr std::size_t bitmap_word = 8;

std::size_t size_of(const device::Field& field, const device::StateValue& value) {
  if (const auto* bytes = std::get_if<ByteView>(&value)) return bytes->size();
  if (std::holds_alternative<bool>(value)) return 1;
  return field.kind == device::FieldKind::bitmap ? bitmap_word : static_cast<std::size_t>(field.size);
}

}  // namespace

void FieldPlaces::value(const device::Field& field, const device::StateValue& value) {
  is_beyond_ |= places_.size() == most_;
  if (!is_beyond_) places_.push_back({&field, static_cast<std::size_t>(at()), size_of(field, value)});
}

void FeaturePlaces::value(const device::Field& field, const device::StateValue& value) {
  const bool is_part = field.part != nullptr && field.name == "guest_features";
  if (!is_part || !std::holds_alternative<Integer>(value)) return;
  constexpr unsigned upper = 64;
  const bool is_upper = path().find("128bit_features") != std::string_view::npos;
  const unsigned first = is_upper ? upper : 8 * static_cast<unsigned>(field.size * index().value_or(0));
  words_.push_back({{&field, static_cast<std::size_t>(at()), static_cast<std::size_t>(field.size)}, first});
  if (const device::Names* names = field.part->names; names != nullptr && !bit_) {
    const auto named = std::ranges::find(names->names, feature_, &device::Name::text);
    if (named != names->names.end()) bit_ = static_cast<unsigned>(named->value) + first;
  }
}

void SubsectionPlaces::enter(const device::StateGroup& group) {
  if (group.field != nullptr && group.field->layout != nullptr) buffer_ = group.field;
  if (depth_ != 0) {
    ++depth_;
  } else if (group.kind == device::StateGroup::Kind::subsection && group.structure->name == name_) {
    depth_ = 1;
    places_.push_back({group.structure, static_cast<std::size_t>(at()), 0, buffer_});
  }
}

void SubsectionPlaces::leave(const device::StateGroup& group) {
  if (group.field != nullptr && group.field->layout != nullptr) buffer_ = nullptr;
  if (depth_ == 0) return;
  --depth_;
  if (depth_ == 0) places_.back().size = static_cast<std::size_t>(at()) - places_.back().at;
}

void VectorPlaces::value(const device::Field& field, const device::StateValue& value) {
  if (buffer == nullptr) return;
  const auto place = static_cast<std::size_t>(at());
  const bool is_of_queue = path().find(".queues[") != std::string_view::npos;
  const bool uses = field.name == "config_vector" || (is_of_queue && field.name == "vector");
  if (has_vectors() && uses) users.push_back(place);
  if (!has_vectors() && is_of_queue && field.name == "last_avail_idx")
    users.push_back(place + size_of(field, value));
}

void VectorPlaces::enter(const device::StateGroup& group) {
  if (group.field == nullptr) return;
  if (group.field->layout != nullptr) open_ = group.field;
  if (open_ != nullptr && buffer == open_ && group.field->name == "msix")
    table = static_cast<std::size_t>(at());
}

void VectorPlaces::leave(const device::StateGroup& group) {
  if (group.field == nullptr) return;
  if (group.field->layout != nullptr) open_ = nullptr;
  if (open_ == nullptr) return;
  const auto place = static_cast<std::size_t>(at());
  if (path().find("transport.irq_state") != std::string_view::npos && group.field->name == "irq_state") {
    buffer = open_;
    table = place;
    // That of the configuration comes behind the table.
    users.assign(1, place);
  } else if (buffer == open_ && group.field->name == "msix") {
    table_size = place - table;
    users.clear();
  }
}

void RequestPlaces::enter(const device::StateGroup& group) {
  if (group.structure == nullptr || group.structure->name != "VirtQueueElement" || !number_) return;
  if (*number_ + number_size == at()) requests_.push_back({*number_, 0});
}

void RequestPlaces::leave(const device::StateGroup& group) {
  if (group.structure == nullptr || group.structure->name != "VirtQueueElement" || requests_.empty()) return;
  if (requests_.back().end == 0) requests_.back().end = static_cast<std::size_t>(at());
}

Digest Shape::of(const device::Device& device, ByteView body) {
  Shape shape;
  static_cast<void>(shape.read(device, body));
  return shape.digester_.digest();
}

void Shape::value(const device::Field& field, const device::StateValue& value) {
  const std::uint64_t place[] = {at(), size_of(field, value)};
  digester_.update(as_bytes(path()));
  digester_.update({reinterpret_cast<const std::uint8_t*>(place), sizeof place});
}

}  // namespace qember::vm
