// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads a `SecFull`: whole, or where its contents are a long string, in pieces.
#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/qber/section_reader.hpp>

#include "tags.hpp"
#include "translation.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

/// The fields of a section that has been validated; `contents` is set to the index of what follows.
SectionFields fields_of(ByteView encoded, std::size_t& contents) {
  ByteView rest = encoded.subspan(ber::header_at(encoded).size);
  const auto take = [&rest] { return ber::contents_of(ber::take_tlv(rest)); };
  SectionFields fields;
  fields.name = as_text(take());
  for (Integer* const number : {&fields.sectionid, &fields.instanceid, &fields.versionid})
    *number = ber::parse_integer(take()).value_or(Integer());
  contents = encoded.size() - rest.size();
  return fields;
}

}  // namespace

/// The fields before the contents, where they are there and look sound; `contents` is set to the index
/// of what follows. Nothing where more bytes can't change that they are not.
Result<std::optional<SectionFields>> SectionReader::peek_fields(const ber::Header& header,
                                                                std::size_t& contents) {
  const ByteView all = view();
  std::size_t at = header.size;
  std::array<ByteView, 4> values;
  constexpr std::array<std::string_view, 4> names{".full.name", ".full.sectionid", ".full.instanceid",
                                                  ".full.versionid"};
  for (std::size_t i = 0; i < values.size(); ++i) {
    ber::Header field;
    const auto outcome = ber::parse_header(all.subspan(at), field);
    if (outcome == ber::HeaderOutcome::need_more) return shortage(at, names[i]);
    // A character takes four bytes at most.
    const ber::Member& member = format_.full_type().members[i];
    if (outcome != ber::HeaderOutcome::ok || field.tag != member.tag || field.constructed ||
        field.length > 4 * limits_.max_name)
      return std::optional<SectionFields>{};
    if (all.size() - at - field.size < field.length) return shortage(at, names[i]);
    if (!ber::validate(all.subspan(at, field.size + field.length), format_.schema(),
                       member_type(format_.schema(), member), limits_))
      return std::optional<SectionFields>{};
    values[i] = all.subspan(at + field.size, field.length);
    at += field.size + field.length;
  }
  contents = at;
  return std::optional(SectionFields{std::string(as_text(values[0])), *ber::parse_integer(values[1]),
                                     *ber::parse_integer(values[2]), *ber::parse_integer(values[3])});
}

Result<SectionEvent> SectionReader::read_full(const ber::Header& header) {
  std::size_t contents = 0;
  auto fields = peek_fields(header, contents);
  const bool ended = input_.finished();
  if (!fields && !ended && fields.error().code == Errc::need_more) return fields.error();
  if (fields && *fields) {
    ber::Header inside;
    const ByteView rest = view().subspan(contents);
    const auto outcome = ber::parse_header(rest, inside);
    if (outcome == ber::HeaderOutcome::need_more && !ended) return shortage(contents, ".full.contents");
    const bool is_string = outcome == ber::HeaderOutcome::ok && inside.tag == format_.blob_tag();
    const std::uint64_t parent_end =
        header.indefinite ? frames_.back().end : input_.offset() + header.size + header.length;
    const std::uint64_t inside_at = input_.offset() + contents + inside.size;
    const bool fits = is_string && inside_at <= parent_end && inside.length <= parent_end - inside_at;
    if (fits && (inside.constructed || inside.length > limits_.max_blob)) {
      SectionEvent event = give(BlobBegin{std::move(**fields)}, Place::In::full);
      const std::uint64_t begin = input_.offset();
      enter(header);
      input_.consume(contents - static_cast<std::size_t>(input_.offset() - begin));
      blob_frames_ = frames_.size();
      if (inside.constructed) {
        enter(inside);
      } else {
        begin_segment(inside);
      }
      state_ = State::blob;
      return event;
    }
  }
  const auto size = whole_size(header, ".full");
  if (!size) return size.error();
  return read_whole_full(*size, contents);
}

/// Bytes of the section at hand, once all of it is there. Where it can't be, those that are: an error in them
/// is found then.
Result<std::size_t> SectionReader::whole_size(const ber::Header& header, std::string_view component) {
  const auto refuse_size = [&] {
    return refuse(Errc::limit, 0, component,
                  fmt::format("max_section: a section of at most {} bytes", limits_.max_section), view());
  };
  if (!header.indefinite) {
    const std::uint64_t size = header.size + header.length;
    if (size > limits_.max_section) return refuse_size();
    if (view().size() >= size) return static_cast<std::size_t>(size);
    input_.want(static_cast<std::size_t>(size));
    if (!input_.finished()) return shortage(0, component);
    return view().size();
  }
  // No further than the limit, so that a section beyond it is refused however much of it is there.
  const ByteView whole = view().first(std::min(view().size(), limits_.max_section));
  switch (framer_.scan(whole, limits_.max_depth)) {
    case ber::Framer::Outcome::complete: return framer_.size();
    case ber::Framer::Outcome::broken: return view().size();
    case ber::Framer::Outcome::need_more: break;
  }
  if (view().size() > limits_.max_section) return refuse_size();
  if (!input_.finished()) return shortage(0, component);
  return view().size();
}

/// By that schema, whatever the section becomes; it may hold more values than a tree.
Status SectionReader::validate_full(ByteView encoded, const WireFormat& format,
                                    std::string_view where) const {
  Limits wide = limits_;
  wide.max_tlvs = encoded.size();
  return validate_all(encoded, format.schema(), format.full_type(), wide, where);
}

/// That the bytes are one value of the type, and nothing more: they are passed over as that.
Status SectionReader::validate_all(ByteView encoded, const ber::Schema& schema, const ber::Type& type,
                                   const Limits& limits, std::string_view where) const {
  const auto size = ber::validate(encoded, schema, type, limits, input_.offset(), where);
  if (!size) return size.error();
  if (*size == encoded.size()) return {};
  return Error{Errc::bad_length, input_.offset() + *size, std::string(where), "the end of the section",
               hex_excerpt(encoded.subspan(*size))};
}

/// A member that the schema adds behind the end mark is refused, as those further in are.
Error SectionReader::added_member(std::size_t at, std::string_view where) const {
  return {Errc::unsupported,
          input_.offset() + at,
          std::string(where),
          "the end of SecFull",
          ber::tag_excerpt(view().subspan(at)),
          format_.schema().fingerprint};
}

/// After the end mark of a section that is read in pieces.
Status SectionReader::no_added_member(std::size_t at) const {
  const auto members = format_.full_type().members.subspan(WireFormat::own().full_type().members.size());
  const ByteView rest = view().subspan(at);
  ber::Header header;
  if (members.empty() || ber::parse_header(rest, header) != ber::HeaderOutcome::ok) return {};
  const bool is_added = std::ranges::any_of(
      members, [&](const ber::Member& member) { return member.tagged && member.tag == header.tag; });
  if (!is_added) return {};
  return shows_more_later(rest) ? shortage(at, "") : added_member(at, path_of(place()));
}

/// Takes what another schema than the library's own has to that, or notes that it adds it.
Status SectionReader::bring_home(FullSection& section, std::string_view where) {
  if (auto status = validate_full(section.encoded, format_, where); !status)
    return with_all_it_shows(std::move(status.error()), section.encoded);
  ByteView rest = section.encoded.subspan(section.contents);
  if (const ber::Member* const state = format_.state(ber::header_at(rest).tag)) {
    section.state = event::SchemaValue{state->name, ber::take_tlv(rest), false};
    ber::take_tlv(rest);  // the end mark
    const std::size_t end = ber::header_at(section.encoded).indefinite ? 2 : 0;
    if (rest.size() != end) return added_member(section.encoded.size() - rest.size(), where);
    return {};
  }
  if (format_.has_own_tags()) return {};
  auto own = translate_full(section.encoded, format_, WireFormat::own());
  if (!own) {
    own.error().offset += input_.offset();
    return std::move(own.error()).within(where);
  }
  own_full_ = std::move(*own);
  section.encoded = own_full_;
  static_cast<void>(fields_of(own_full_, section.contents));
  return {};
}

Result<SectionEvent> SectionReader::read_whole_full(std::size_t size, std::size_t contents) {
  framer_.reset();
  const std::string where = path_of(place()) + ".full";
  FullSection section;
  section.encoded = view().first(size);
  section.contents = contents;
  if (!format_.is_own()) {
    if (auto status = bring_home(section, where); !status) return std::move(status.error());
  }
  // All that is made of the section goes by the library's own schema.
  if (!section.state) {
    if (auto status = validate_full(section.encoded, WireFormat::own(), where); !status)
      return refuse_by_own(std::move(status.error()), section.encoded);
  }
  section.fields = fields_of(section.encoded, section.contents);
  SectionEvent event = give(std::move(section), Place::In::full);
  input_.consume(size);
  ++sections_;
  return event;
}

/// What the schema at hand has and the library's own has not, in a place where it is not read.
Error SectionReader::refuse_by_own(Error error, ByteView encoded) const {
  if (format_.is_own()) return with_all_it_shows(std::move(error), encoded);
  error.code = Errc::unsupported;
  if (!format_.has_own_tags()) error.offset = input_.offset();
  return error;
}

void SectionReader::begin_segment(const ber::Header& header) {
  segment_at_ = input_.offset();
  segment_ = header.length;
  input_.consume(header.size);
}

Error SectionReader::shortage_of_segment(std::string_view component) const {
  Error error = shortage(0, component);
  error.offset = segment_at_;
  return error;
}

Result<SectionEvent> SectionReader::read_blob() {
  while (segment_ == 0) {
    if (frames_.size() == blob_frames_) {
      if (auto status = end_mark(tags().full_end); !status) return std::move(status.error());
      SectionEvent event = give(BlobEnd{}, Place::In::full);
      state_ = State::top;
      ++sections_;
      return event;
    }
    const auto end = at_end();
    if (!end) return end.error();
    if (*end) continue;
    const auto header = [this] {
      const bool nested = !view().empty() && (view()[0] & 0x20U) != 0;
      return expect(ber::identifier(ber::tags::octet_string, nested), ".contents.oldblob");
    }();
    if (!header) return header.error();
    if (header->constructed) {
      if (frames_.size() - blob_frames_ >= limits_.max_depth)
        return refuse(Errc::limit, 0, ".contents.oldblob", "segments that nest less deeply", view());
      enter(*header);
    } else {
      begin_segment(*header);
    }
  }
  const ByteView rest = view();
  if (rest.empty()) return shortage_of_segment(".contents.oldblob");
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(segment_, rest.size()));
  segment_ -= size;
  SectionEvent event = give(BlobData{rest.first(size)}, Place::In::full);
  input_.consume(size);
  return event;
}

}  // namespace qember::qber
