// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/held_event.hpp>

namespace qember::event {
namespace {

/// The bytes that an event has a view of; null where it has none.
ByteView* bytes_of(Event& event) {
  if (auto* body = std::get_if<Body>(&event)) return &body->data;
  if (auto* command = std::get_if<Command>(&event)) return &command->payload;
  if (auto* text = std::get_if<DescriptionText>(&event)) return &text->json;
  if (auto* rest = std::get_if<TrailingData>(&event)) return &rest->data;
  if (auto* value = std::get_if<SchemaValue>(&event)) return &value->encoded;
  return nullptr;
}

}  // namespace

HeldEvent::HeldEvent(Event from, std::uint64_t offset, std::string path)
    : event(std::move(from)), offset(offset), path(std::move(path)) {
  if (const auto* section = std::get_if<SectionBegin>(&event)) name = section->name;
  if (const ByteView* view = bytes_of(event)) bytes.assign(view->begin(), view->end());
}

const Event& HeldEvent::view() {
  if (auto* section = std::get_if<SectionBegin>(&event)) section->name = name;
  if (ByteView* view = bytes_of(event)) *view = bytes;
  return event;
}

}  // namespace qember::event
