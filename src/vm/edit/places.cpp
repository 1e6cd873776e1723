// SPDX-License-Identifier: LGPL-2.1-or-later
#include "places.hpp"

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
  if (depth_ != 0 && --depth_ == 0) places_.back().size = static_cast<std::size_t>(at()) - places_.back().at;
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
