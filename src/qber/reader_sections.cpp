// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that begins native sections and fills their bodies.
#include "../event/rule.hpp"
#include "entry_source.hpp"
#include "reader_state.hpp"

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

namespace qember::qber {

/// Without footers.
Status Reader::State::check_end_known(const event::SectionBegin& begun, event::BodyKind kind) const {
  if (kind != event::BodyKind::device || begun.type == event::Element::section_full) return {};
  return place(broken(event::Rule::end_known, "an iterative section whose end can be known",
                      fmt::format("{:?}", begun.name)));
}

/// Without footers the first device takes the rest of the native stream, where devices alone can be told
/// apart.
Status Reader::State::check_behind_devices(bool is_device) const {
  if (footers.exist || is_device || !current.is_device()) return {};
  return refuse(Errc::wrong_order, "", "no more than devices behind the first, where there are no footers",
                "something else");
}

/// What is refused does not begin.
Status Reader::State::begin(const event::SectionBegin& section_begin, event::BodyKind kind) {
  const bool is_device = kind != event::BodyKind::ram && section_begin.type == event::Element::section_full;
  if (auto status = check_behind_devices(is_device); !status) return status;
  if (auto status = end_before(section_begin.type); !status) return status;
  if (!footers.exist) {
    if (auto status = check_end_known(section_begin, kind); !status) return status;
  }
  if (auto status = placed(session.note(section_begin)); !status) return status;
  // Every FULL takes its device, whatever it holds: what wrote it has counted the same way.
  const device::Device* const device =
      is_device ? described.match(section_begin.name, section_begin.instance) : nullptr;
  current.begin(section_begin, kind, device, sections.offset());
  events.give(current.header());
  if (kind == event::BodyKind::device)
    events.read_back.begin(section_begin.id, sections.offset(), sections.path() + ".contents");
  return {};
}

/// `default_type`: what the section is without a note.
Status Reader::State::begin_section(const SectionFields& fields, event::Element default_type) {
  if (tail.begun) return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  constexpr std::uint64_t most = 0xffffffff;
  const auto fits = [](Integer value) { return value.as_unsigned() && *value.as_unsigned() <= most; };
  if (!fits(fields.sectionid))
    return refuse(Errc::constraint, ".sectionid", "32 bits", to_string(fields.sectionid));
  if (!fits(fields.instanceid))
    return refuse(Errc::constraint, ".instanceid", "32 bits", to_string(fields.instanceid));
  if (!fits(fields.versionid))
    return refuse(Errc::constraint, ".versionid", "32 bits", to_string(fields.versionid));
  const std::string called = note.name ? std::string(as_text(*note.name)) : fields.name;
  note.name.reset();
  if (called.size() > limits.max_name)
    return refuse(Errc::constraint, ".name", fmt::format("at most {} bytes", limits.max_name),
                  fmt::to_string(called.size()));
  const event::SectionBegin named{std::exchange(note.type, {}).value_or(default_type),
                                  static_cast<std::uint32_t>(fields.sectionid.bits()), called,
                                  static_cast<std::uint32_t>(fields.instanceid.bits()),
                                  static_cast<std::uint32_t>(fields.versionid.bits())};
  if (named.type != event::Element::section_start && named.type != event::Element::section_full)
    return refuse(Errc::bad_annotation, "", "START or FULL for a section with a name", "another type");
  constexpr std::uint32_t ram_version = 4;
  const event::BodyKind kind = body_kind(called, named.type);
  if (kind == event::BodyKind::ram && named.version != ram_version)
    return place(broken(event::Rule::ram_version, "version 4 of `ram`", fmt::to_string(named.version)),
                 ".versionid");
  const bool is_known = std::exchange(note.is_known, false);
  if (is_known && (named.type != event::Element::section_full || !device::is_known_section(called)))
    return refuse(Errc::bad_annotation, ".name", "a device that is known by its name",
                  fmt::format("{:?}", called));
  if (kind != event::BodyKind::ram) {
    if (auto status = check_note_used(); !status) return status;
  }
  if (auto status = begin(named, kind); !status || !is_known) return status;
  current.set_known(
      device::known_section(current.header().name, named.instance, named.version, limits.max_section));
  return {};
}

/// A piece of the body of the open section, at `offset` of the input.
Status Reader::State::body_piece(ByteView data, std::uint64_t offset) {
  if (auto status = current.records.take(data, offset); !status) return in_blob(std::move(status.error()));
  events.give(event::Body{data});
  return {};
}

Status Reader::State::body_end() const {
  if (auto status = current.records.end(); !status) return in_blob(std::move(status.error()));
  return {};
}

/// All of a body that is the one string of `full`.
Status Reader::State::whole_body(ByteView blob) {
  ber::Header header;
  ber::parse_header(full.encoded.subspan(full.contents), header);
  auto status = body_piece(blob, sections.offset() + full.contents + header.size);
  return status ? body_end() : status;
}

/// Device state as values: the description gives back what BER has lost, the widths.
Status Reader::State::values() {
  const event::SectionBegin& header = current.header();
  if (header.type != event::Element::section_full)
    current.set_device(described.match(header.name, header.instance));
  if (current.device() == nullptr)
    return refuse(Errc::description_mismatch, ".contents.vmstate", "a blob, where no description came before",
                  "values");
  form = event::DeviceForm::values;
  body.clear();
  EntrySource source(full.encoded, sections.offset(), sections.path());
  auto status = write_state(*current.device(), source, body, limits);
  if (!status) return status;
  // The records of an iterative section must be right all the same; where they are in the values nothing
  // tells.
  status = current.records.take(body, 0);
  if (status) status = current.records.end();
  if (!status) {
    status.error().path = ".contents.vmstate";
    return place(std::move(status.error()));
  }
  events.give(event::Body{body});
  return {};
}

}  // namespace qember::qber
