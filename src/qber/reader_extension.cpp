// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads the sections named `qember`.
#include "../event/rule.hpp"
#include "reader_state.hpp"

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::qber {

using extension::Kind;

/// That there is such a kind of section, and that it may come where it does.
Status Reader::State::check_kind(const SectionFields& fields) const {
  const auto kind = fields.instanceid.as_unsigned();
  if (fields.versionid != Integer(extension::format_version))
    return refuse(Errc::unsupported, ".versionid", fmt::to_string(extension::format_version),
                  to_string(fields.versionid));
  if (!kind || *kind > extension::last_kind)
    return refuse(Errc::bad_annotation, ".instanceid", fmt::format("at most {}", extension::last_kind),
                  to_string(fields.instanceid));
  // A note may go on in the next one.
  return static_cast<Kind>(*kind) == Kind::section ? Status() : check_note_used();
}

Status Reader::State::extension_section(const SectionFields& fields, const asn1::SecFull& section) {
  if (auto status = check_kind(fields); !status) return status;
  const auto kind = static_cast<Kind>(fields.instanceid.bits());
  const ByteView blob = section.contents().as_oldblob();
  if (tail.begun && kind != Kind::trailing)
    return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  switch (kind) {
    case Kind::section: return note_section(section);
    case Kind::configuration: return configuration(section);
    case Kind::command: return command(section);
    case Kind::description: return description(blob);
    case Kind::part:
    case Kind::end: {
      auto status = part(kind, fields.sectionid);
      return status ? whole_body(blob) : status;
    }
    case Kind::compressed: return compressed(section);
    case Kind::mapped_bitmap: return mapped_bitmap(section);
    case Kind::mapped_stale: return mapped_stale(section);
    case Kind::trailing:
    case Kind::device_state: {
      auto status = begin_tail(kind);
      if (status) status = tail_piece(blob, kind == Kind::device_state);
      return status && kind == Kind::device_state ? tail_end() : status;
    }
    case Kind::no_footers: return no_footers();
  }
  return {};
}

/// One whose contents are a string in pieces.
Status Reader::State::extension_begin(const SectionFields& fields) {
  if (extension::is_skipped(fields)) {
    passing.begin_blob();
    return {};
  }
  if (auto status = check_kind(fields); !status) return status;
  blob_kind = static_cast<Kind>(fields.instanceid.bits());
  switch (*blob_kind) {
    case Kind::description: body.clear(); return {};
    case Kind::part:
    case Kind::end: return part(*blob_kind, fields.sectionid);
    case Kind::trailing:
    case Kind::device_state: return begin_tail(*blob_kind);
    default: return refuse(Errc::bad_annotation, ".contents", "values", "a long blob");
  }
}

Status Reader::State::note_section(const asn1::SecFull& section) {
  auto read = extension::read_section_note(section);
  if (!read) return place(std::move(read.error()));
  for (const extension::BlockNote& block : read->blocks)
    if (block.name && block.name->size() > limits.max_name)
      return refuse(Errc::constraint, "", fmt::format("a name of at most {} bytes", limits.max_name),
                    fmt::to_string(block.name->size()));
  if (!note.join(std::move(*read))) return check_note_used();
  if (note.blocks.size() > limits.max_blocks)
    return refuse(Errc::limit, "", fmt::format("notes on at most {} RAM blocks", limits.max_blocks), "more");
  const auto page_size = std::exchange(note.page_size, {});
  return page_size ? placed(session.note_page_size(*page_size)) : Status();
}

/// What is said of a section goes for that one, or is wrong.
Status Reader::State::check_note_used() const {
  if (note.empty()) return {};
  return refuse(Errc::bad_annotation, "", "what the note before is about", "something else");
}

Status Reader::State::configuration(const asn1::SecFull& section) {
  auto read = extension::read_configuration(section);
  if (!read) return place(std::move(read.error()));
  if (!events.at_head())
    return place(broken(event::Rule::configuration_first, "the configuration before all else", "it later"));
  if (auto status = placed(session.note(*read)); !status) return status;
  events.give(std::move(*read));
  return {};
}

Status Reader::State::command(const asn1::SecFull& section) {
  auto read = extension::read_command(section);
  if (!read) return place(std::move(read.error()));
  if (auto status = check_behind_devices(false); !status) return status;
  if (auto status = end_before(event::Element::command); !status) return status;
  auto status = session.note(*read);
  events.pass(event::Event(*read));
  if (status && read->id == static_cast<std::uint16_t>(event::CommandId::packaged))
    status = package.begin(read->payload, events.position());
  if (!status) return place(std::move(status.error()));
  events.give_passed(*read);
  return {};
}

Status Reader::State::part(Kind part, Integer id) {
  const auto number = id.as_unsigned();
  const event::OpenSection* open =
      number && *number <= 0xffffffff ? session.section(static_cast<std::uint32_t>(*number)) : nullptr;
  if (open == nullptr || open->kind == event::BodyKind::ram)
    return place(broken(event::Rule::section_known, "the id of a section that was started", to_string(id)),
                 ".sectionid");
  return begin({part == Kind::part ? event::Element::section_part : event::Element::section_end,
                static_cast<std::uint32_t>(*number), open->name, open->instance, open->version},
               open->kind);
}

Status Reader::State::description(ByteView json) {
  if (json.size() > limits.max_description)
    return refuse(Errc::limit, ".contents.oldblob",
                  fmt::format("a description of at most {} bytes", limits.max_description), "more");
  if (described.has_text()) return refuse(Errc::wrong_order, "", "one description", "another");
  described.set(json, limits);
  end_section();
  const auto& description = described.description();
  if (description != nullptr && description->page_size()) {
    if (auto status = placed(session.note_described_page_size(*description->page_size())); !status)
      return status;
  }
  events.give(event::DescriptionText{json, description});
  return {};
}

Status Reader::State::description_piece(ByteView piece) {
  const std::size_t room = limits.max_description - body.size();
  if (piece.size() > room) {
    Error error = refuse(Errc::limit, ".contents.oldblob",
                         fmt::format("a description of at most {} bytes", limits.max_description), "more");
    error.offset += room;
    return error;
  }
  body.insert(body.end(), piece.begin(), piece.end());
  return {};
}

Status Reader::State::begin_tail(Kind kind) {
  if (kind == Kind::trailing) return end_stream();
  if (auto status = end_before(event::Element::section_full); !status) return status;
  if (!footers.may_be_absent())
    return refuse(Errc::wrong_order, "", "sections with footers, as before", "sections without");
  if (described.has_text())
    return refuse(Errc::wrong_order, "", "no description but the one in it", "one before");
  tail.begun = true;
  events.read_back.begin_undivided(sections.offset(), sections.path() + ".contents");
  return {};
}

/// What follows begins otherwise than a description, which is a section of its own, and device state with the
/// header of a section.
Status Reader::State::tail_piece(ByteView data, bool device_state) {
  if (!data.empty() && !std::exchange(tail.has_data, true)) {
    const auto first = static_cast<event::Element>(data[0]);
    if (device_state && first != event::Element::section_full)
      return refuse(Errc::bad_annotation, ".contents.oldblob", "the header of a section", "other bytes");
    if (!device_state && !described.has_text() && first == event::Element::description)
      return refuse(Errc::bad_annotation, ".contents.oldblob", "what is no description", "06");
  }
  if (device_state) {
    const ByteView header = data.first(std::min(data.size(), event::most_following - tail.header.size()));
    tail.header.insert(tail.header.end(), header.begin(), header.end());
  }
  events.give(event::TrailingData{data, device_state});
  return {};
}

/// Device state begins with the whole header of a device: natively nothing else makes it that.
Status Reader::State::tail_end() const {
  using event::before_name;
  const ByteView header = tail.header;
  const std::size_t name = header.size() < before_name ? 0 : header[before_name - 1];
  if (header.size() >= before_name + name + event::behind_name &&
      body_kind(as_text(header.subspan(before_name, name)), event::Element::section_full) ==
          event::BodyKind::device)
    return {};
  return refuse(Errc::bad_annotation, ".contents.oldblob", "the header of a device", "other bytes");
}

Status Reader::State::no_footers() {
  if (!footers.may_be_absent())
    return refuse(Errc::wrong_order, "", "sections with footers, as before", "sections without");
  if (current.is_open()) {
    if (auto status = check_end_known(current.header(), current.kind()); !status) return status;
  }
  footers.exist = false;
  return {};
}

}  // namespace qember::qber
