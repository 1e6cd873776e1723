// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/reordering.hpp>

namespace qember::event {
namespace {

bool is_packaged(const Event& event) {
  const auto* command = std::get_if<Command>(&event);
  return command != nullptr && command->id == static_cast<std::uint16_t>(CommandId::packaged);
}

}  // namespace

Result<Event> ReorderingBuffer::next() {
  for (;;) {
    if (releasing_) {
      if (!held_.empty()) return release();
      releasing_ = false;
      if (waiting_) {
        Event event = std::move(*waiting_);
        waiting_.reset();
        offset_ = source_.offset();
        path_.clear();
        return event;
      }
    }
    auto event = source_.next();
    if (!event) {
      path_.clear();
      return event;
    }
    if (is_packaged(*event)) {
      const auto& command = std::get<Command>(*event);
      constexpr std::size_t header = 5;
      if (command.payload.size() >= sizeof(std::uint32_t))
        package_end_ = source_.offset() + header + command.payload.size() +
                       load_be<std::uint32_t>(command.payload.data());
    }
    switch (way_of(*event)) {
      case Way::hold: hold(*event); continue;
      case Way::release:
        waiting_ = std::move(*event);
        releasing_ = true;
        continue;
      case Way::pass: break;
    }
    // The description overtakes what is held.
    releasing_ = std::holds_alternative<DescriptionText>(*event);
    offset_ = source_.offset();
    path_.clear();
    return event;
  }
}

/// RAM is neither held nor waited for; where something is held, it goes first.
std::size_t ReorderingBuffer::next_pages(std::span<RamPage> room) {
  if (releasing_ || in_section_ || !held_.empty()) return 0;
  const std::size_t count = source_.next_pages(room);
  if (count == 0) return 0;
  offset_ = source_.offset();
  path_.clear();
  return count;
}

// A new alternative of `Event` says in `way_of` whether it waits for the description.
// No native stream has a SchemaValue.
static_assert(std::variant_size_v<Event> == 16);

ReorderingBuffer::Way ReorderingBuffer::way_of(const Event& event) const {
  if (std::holds_alternative<DescriptionText>(event)) return Way::pass;
  const Way otherwise = held_.empty() ? Way::pass : Way::release;
  if (std::holds_alternative<StreamEnd>(event)) return otherwise;
  if (in_section_) return Way::hold;
  if (overflowed_) return otherwise;
  if (std::holds_alternative<Eof>(event)) return Way::hold;
  const bool packaged = source_.offset() < package_end_ || is_packaged(event);
  if (packaged) return otherwise;
  if (const auto* section = std::get_if<SectionBegin>(&event))
    return section->type == Element::section_full &&
                   body_kind(section->name, section->type) == BodyKind::device
               ? Way::hold
               : otherwise;
  // Between sections of device state.
  if (std::holds_alternative<Command>(event) && !held_.empty()) return Way::hold;
  return otherwise;
}

void ReorderingBuffer::hold(const Event& event) {
  if (const auto* body = std::get_if<Body>(&event);
      body != nullptr && !held_.empty() && std::holds_alternative<Body>(held_.back().event)) {
    held_.back().bytes.insert(held_.back().bytes.end(), body->data.begin(), body->data.end());
    held_bytes_ += body->data.size();
  } else {
    if (std::holds_alternative<SectionBegin>(event)) in_section_ = true;
    if (std::holds_alternative<SectionEnd>(event)) in_section_ = false;
    held_.emplace_back(event, source_.offset(), source_.path());
    held_bytes_ += held_.back().size();
  }
  if (held_bytes_ <= limits_.max_held) return;
  overflowed_ = releasing_ = true;
  in_section_ = false;
}

Result<Event> ReorderingBuffer::release() {
  held_bytes_ -= held_.front().size();
  current_ = std::move(held_.front());
  held_.pop_front();
  offset_ = current_.offset;
  path_ = current_.path;
  return current_.view();
}

}  // namespace qember::event
