// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the writer that writes values of types which the schema adds to the library's own.
#include "writer_state.hpp"

#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>

#include <fmt/format.h>

namespace qember::qber {
namespace {

/// Appends a TLV around what stands behind `begin`.
void wrap(Bytes& bytes, std::size_t begin, const ber::Identifier& identifier) {
  std::array<std::uint8_t, 16> header{};
  std::uint8_t* const end = ber::put_length(ber::put(header.data(), identifier), bytes.size() - begin);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(begin), header.data(), end);
}

void append_text(Bytes& to, const ber::Identifier& identifier, std::string_view text) {
  const std::size_t begin = to.size();
  to.insert(to.end(), text.begin(), text.end());
  wrap(to, begin, identifier);
}

void append_number(Bytes& to, const ber::Identifier& identifier, Integer value) {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t* const end = ber::put_integer(ber::put(bytes.data(), identifier), value);
  to.insert(to.end(), bytes.data(), end);
}

Bytes encode_full(const SectionFields& fields, ByteView contents, const WireTags& tags) {
  Bytes full;
  full.reserve(contents.size() + fields.name.size() + 64);
  append_text(full, tags.full_name, fields.name);
  append_number(full, tags.full_id, fields.sectionid);
  append_number(full, tags.full_instance, fields.instanceid);
  append_number(full, tags.full_version, fields.versionid);
  full.insert(full.end(), contents.begin(), contents.end());
  append_text(full, tags.full_end, {});
  wrap(full, 0, tags.full);
  return full;
}

}  // namespace

Status Writer::State::on(const event::Body& piece) {
  if (!is_typed || piece.data.empty()) return append(piece.data);
  return place({Errc::wrong_order, 0, {}, "the end of the section", "another body"});
}

Status Writer::State::on(const event::SchemaValue& value) {
  const bool is_section = !in_section || in_ram;
  const ber::Member* const known =
      is_section ? writer.format().section(value.name) : writer.format().state(value.name);
  if (known == nullptr)
    return place({Errc::unsupported,
                  0,
                  {},
                  "a type of the schema that is written",
                  fmt::format("{:?}", value.name),
                  writer.format().schema().fingerprint});
  return is_section ? added_section(value) : added_state(value);
}

/// An alternative of `Sections`, checked as a reader does.
Status Writer::State::added_section(const event::SchemaValue& value) {
  const ber::Schema& schema = writer.format().schema();
  if (auto status = fits(value.encoded.size(), limits); !status) return status;
  const auto size = ber::validate(value.encoded, schema, *schema.find("Sections"), limits);
  if (!size) return place(size.error());
  if (*size != value.encoded.size() ||
      writer.format().section(value.name) != writer.format().section(ber::header_at(value.encoded).tag))
    return place({Errc::bad_value, 0, {}, fmt::format("one {:?}", value.name), "other bytes"});
  if (in_section) {
    auto status = list ? begin_blocks() : began ? Status() : begin_min();
    if (!status) return status;
    end_min();
  }
  writer.section(Bytes(value.encoded.begin(), value.encoded.end()));
  return {};
}

/// The contents of the section that is open, which is written at its end. The rest of them is checked with
/// it.
Status Writer::State::added_state(const event::SchemaValue& value) {
  if (section.type != event::Element::section_full || is_typed || streaming || !body.empty())
    return place({Errc::wrong_order, 0, {}, "the one body of a device", "another"});
  const WireFormat& format = writer.format();
  ber::Header header;
  if (ber::parse_header(value.encoded, header) != ber::HeaderOutcome::ok ||
      format.state(value.name) != format.state(header.tag))
    return place({Errc::bad_value, 0, {}, fmt::format("one {:?}", value.name), "other bytes"});
  body.assign(value.encoded.begin(), value.encoded.end());
  is_typed = true;
  return {};
}

Status Writer::State::typed_device() {
  if (auto status = annotate(section_note()); !status) return status;
  const WireFormat& format = writer.format();
  Bytes full = encode_full(fields(), body, format.tags());
  Limits wide = limits;
  wide.max_tlvs = full.size();
  if (auto status = fits(full.size(), limits); !status) return status;
  if (auto sound = ber::validate(full, format.schema(), format.full_type(), wide); !sound)
    return place(sound.error());
  writer.section(std::move(full));
  return {};
}

}  // namespace qember::qber
