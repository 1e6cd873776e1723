// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/event_order.hpp>

#include <qember/advanced/event/session.hpp>

#include "rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::event {
namespace {

constexpr std::size_t max_native_name = 255;
constexpr std::size_t max_payload = 65535;

// By `Place`, and by alternative of `Event`.
constexpr std::array<std::string_view, 8> expected{
    "the begin of a stream",  "a section, a command or the end mark",
    "the list of RAM blocks", "a record of RAM",
    "the body of a section",  "what follows the end mark",
    "the end of the stream",  "nothing more"};
constexpr std::array<std::string_view, 16> found{"the begin of a stream",
                                                 "a configuration",
                                                 "a command",
                                                 "a section",
                                                 "a list of RAM blocks",
                                                 "a control record",
                                                 "a page",
                                                 "a bitmap",
                                                 "a stale page",
                                                 "a body",
                                                 "a section's end",
                                                 "the end mark",
                                                 "a description",
                                                 "the rest",
                                                 "the end of a stream",
                                                 "a value of a type that the schema adds"};
static_assert(found.size() == std::variant_size_v<Event>);

Error refuse(Errc code, std::string expected, std::string found) {
  return {code, 0, "event", std::move(expected), std::move(found)};
}

Status check_name(std::string_view name) {
  if (name.size() <= max_native_name) return {};
  return refuse(Errc::constraint, fmt::format("a name of at most {} bytes", max_native_name),
                fmt::to_string(name.size()));
}

bool is_ram(const SectionBegin& section) { return body_kind(section.name, section.type) == BodyKind::ram; }
bool is_start(const SectionBegin& section) {
  return section.type == Element::section_start || section.type == Element::section_full;
}

}  // namespace

Status EventOrder::refuse_page(std::uint32_t block) const {
  if (place_ == Place::ram)
    return broken(Rule::block_known, fmt::format("one of {} RAM blocks", blocks_), fmt::to_string(block));
  return refuse(Errc::wrong_order, std::string(expected[static_cast<std::size_t>(place_)]), "a page");
}

Status EventOrder::check(const SectionBegin& section) const {
  if (auto status = check_name(section.name); !status) return status;
  if (!is_ram(section) || is_start(section) != has_list_) return {};
  if (has_list_) return broken(Rule::blocks_once, "one list of RAM blocks", "another section `ram`");
  return broken(Rule::section_known, "the id of a section that was started", fmt::to_string(section.id));
}

Status EventOrder::check(const RamBlocks& list) const {
  for (const RamBlock& block : list.blocks) {
    if (auto status = check_name(block.name); !status) return status;
    if (block.mapped.has_value() != list.blocks.front().mapped.has_value())
      return refuse(Errc::constraint, "RAM blocks that are all mapped or none", "some");
    if (block.mapped && block.mapped->base != list.blocks.front().mapped->base)
      return refuse(Errc::constraint, "RAM blocks of one mapped-ram file", "some of another");
  }
  return {};
}

Status EventOrder::check(const Command& command) const {
  if (command.payload.size() <= max_payload) return {};
  return refuse(Errc::constraint, fmt::format("a payload of at most {} bytes", max_payload),
                fmt::to_string(command.payload.size()));
}

Status EventOrder::check_mapped(std::uint32_t block) const {
  if (place_ == Place::ram && (!is_mapped_ || block >= blocks_))
    return broken(Rule::block_known, "a block of a mapped-ram file", fmt::to_string(block));
  return {};
}

/// Where the stream is after that event; nothing where it may not come.
std::optional<EventOrder::Place> EventOrder::after(const Event& event) const {
  using enum Place;
  const auto from = [this](std::initializer_list<Place> places, Place next) {
    return std::ranges::find(places, place_) == places.end() ? std::nullopt : std::optional(next);
  };
  if (const auto* section = std::get_if<SectionBegin>(&event))
    return from({top}, !is_ram(*section) ? body : is_start(*section) ? list : ram);
  if (const auto* last = std::get_if<TrailingData>(&event))
    return last->device_state ? from({top, rest}, rest) : from({ended, rest}, rest);
  if (std::holds_alternative<StreamBegin>(event)) return from({head}, top);
  if (std::holds_alternative<RamBlocks>(event)) return from({list}, ram);
  if (std::holds_alternative<Body>(event)) return from({body}, body);
  if (std::holds_alternative<SectionEnd>(event)) return from({ram, body}, top);
  if (std::holds_alternative<Eof>(event)) return from({top}, ended);
  if (std::holds_alternative<DescriptionText>(event)) return from({top, ended}, place_);
  if (std::holds_alternative<StreamEnd>(event)) return from({top, ended, rest}, end);
  if (std::holds_alternative<SchemaValue>(event)) return from({top, ram, body}, place_);
  const bool is_head = std::holds_alternative<Configuration>(event) || std::holds_alternative<Command>(event);
  return is_head ? from({top}, top) : from({ram}, ram);
}

Status EventOrder::note(const Event& event) {
  if (const auto* page = std::get_if<RamPage>(&event)) return note(*page);
  if (auto status = std::visit([this](const auto& each) { return check(each); }, event); !status)
    return status;
  const auto next = after(event);
  if (!next)
    return refuse(Errc::wrong_order, std::string(expected[static_cast<std::size_t>(place_)]),
                  std::string(found[event.index()]));
  place_ = *next;
  if (const auto* list = std::get_if<RamBlocks>(&event)) {
    has_list_ = true;
    blocks_ = list->blocks.size();
    is_mapped_ = !list->blocks.empty() && list->blocks.front().mapped.has_value();
  }
  return {};
}

}  // namespace qember::event
