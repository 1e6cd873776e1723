// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the writer that writes the bodies of sections other than RAM, and texts: whole or in segments.

#include "../device/known_sections.hpp"
#include "state_sinks.hpp"
#include "writer_state.hpp"

namespace qember::qber {
namespace {

/// A string that is longer than `Limits::max_blob` is written in segments of this size, which depends on
/// nothing else, so that the output is the same for any chunking of the input.
constexpr std::size_t segment_size = std::size_t{64} << 10U;

Bytes gathered(const io::Output& output) {
  Bytes bytes;
  bytes.reserve(output.pending());
  for (const iovec& piece : output.pieces()) {
    const auto* const from = static_cast<const std::uint8_t*>(piece.iov_base);
    bytes.insert(bytes.end(), from, from + piece.iov_len);
  }
  return bytes;
}

}  // namespace

using extension::Kind;
using extension::SectionNote;

SectionFields Writer::State::fields() const {
  if (section.type == event::Element::section_part) return extension::fields(Kind::part, section.id);
  if (section.type == event::Element::section_end) return extension::fields(Kind::end, section.id);
  return {extension::placeholder_name(as_bytes(section_name), 0), section.id, section.instance,
          section.version};
}

SectionNote Writer::State::section_note() const {
  SectionNote about;
  if (section.type == event::Element::section_start) about.type = section.type;
  const bool has_name =
      section.type == event::Element::section_start || section.type == event::Element::section_full;
  if (has_name && extension::needs_placeholder(as_bytes(section_name)))
    about.name = Bytes(section_name.begin(), section_name.end());
  return about;
}

/// Collects a body up to the size of one string, then writes it in segments: what is written as it comes
/// can't wait for a `SectionCollector`.
Status Writer::State::append(ByteView data) {
  body.insert(body.end(), data.begin(), data.end());
  if (!streaming) {
    const bool described = section.type == event::Element::section_full && description && !streamed_rest;
    if (body.size() <= (described ? limits.max_section : limits.max_blob)) return {};
    if (auto status = begin_segments(); !status) return status;
  }
  std::size_t at = 0;
  for (; body.size() - at >= segment_size; at += segment_size)
    writer.segment(Bytes(body.begin() + static_cast<std::ptrdiff_t>(at),
                         body.begin() + static_cast<std::ptrdiff_t>(at + segment_size)));
  body.erase(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Status Writer::State::begin_segments() {
  streaming = true;
  if (!streamed_rest) {
    if (auto status = annotate(section_note()); !status) return status;
  }
  writer.begin_full(streamed_rest ? extension::fields(*streamed_rest) : fields());
  writer.begin_blob();
  return {};
}

Status Writer::State::end_body() {
  if (!streaming && body.size() > limits.max_blob) {
    if (auto status = begin_segments(); !status) return status;
    if (auto status = append({}); !status) return status;
  }
  if (streaming) {
    if (!body.empty()) writer.segment(std::move(body));
    body.clear();
    writer.end_blob();
    writer.end_full();
    streaming = false;
    return {};
  }
  if (streamed_rest) return put(extension::encode(extension::fields(*streamed_rest), body));
  if (auto status = annotate(section_note()); !status) return status;
  return put(extension::encode(fields(), body));
}

/// Device state as values where its description fits it, or a layout that is known by its name; else as a
/// blob.
Status Writer::State::device() {
  const device::Device* found = matcher ? matcher->match(section_name, section.instance) : nullptr;
  if (options.opaque || streaming) return end_body();
  std::size_t tlvs = 0;
  if (found != nullptr && check_values(*found, body, limits, tlvs))
    return values(*found, tlvs, section_note());
  const auto known = device::find_known_section(section_name, section.instance, section.version, body);
  if (known == nullptr || !check_values(*known, body, limits, tlvs)) return end_body();
  SectionNote about = section_note();
  about.is_known = true;
  return values(*known, tlvs, about);
}

/// In DER, so measured first, where a reader with these limits holds it whole; else as it comes.
Status Writer::State::values(const device::Device& described, std::size_t tlvs,
                             const SectionNote& note_about) {
  if (auto status = annotate(note_about); !status) return status;
  const auto write = [&, about = fields()](SectionWriter& to) {
    to.begin_full(about);
    to.begin_entries();
    WriterSink sink(to);
    auto status = read_state(described, body, sink);
    to.end_list();
    to.end_full();
    return status;
  };
  if (tlvs > limits.max_tlvs) return write(writer);
  Lengths lengths;
  SectionWriter measuring = SectionWriter::measuring(lengths);
  if (auto status = write(measuring); !status) return status;
  io::Output output;
  SectionWriter definite = SectionWriter::definite(output, lengths);
  if (auto status = write(definite); !status) return status;
  return put(gathered(output));
}

}  // namespace qember::qber
