// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads a `SecFull`: whole, or where its contents are a long string, in pieces.
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/qber/section_reader.hpp>

#include "section_limits.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

const ber::Type& full_type() {
  static constexpr const ber::Type& type = wire::type("SecFull");
  return type;
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
    if (outcome != ber::HeaderOutcome::ok || field.tag != full_type().members[i].tag || field.constructed ||
        field.length > 4 * limits_.max_name)
      return std::optional<SectionFields>{};
    if (all.size() - at - field.size < field.length) return shortage(at, names[i]);
    if (!ber::validate(all.subspan(at, field.size + field.length), generated::schema,
                       generated::schema.type(full_type().members[i]), limits_))
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
    const bool is_string = outcome == ber::HeaderOutcome::ok && inside.tag == ber::tags::octet_string;
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
  if (!header.indefinite) {
    const std::uint64_t size = header.size + header.length;
    if (size > limits_.max_section)
      return refuse(Errc::limit, 0, ".full",
                    fmt::format("a section of at most {} bytes", limits_.max_section), view());
    if (view().size() >= size) return read_whole_full(static_cast<std::size_t>(size), contents);
    input_.want(static_cast<std::size_t>(size));
    if (!ended) return shortage(0, ".full");
    return read_whole_full(view().size(), contents);
  }
  // No further than the limit, so that a section beyond it is refused however much of it is there.
  const ByteView whole = view().first(std::min(view().size(), limits_.max_section));
  switch (framer_.scan(whole, limits_.max_depth)) {
    case ber::Framer::Outcome::complete: return read_whole_full(framer_.size(), contents);
    case ber::Framer::Outcome::broken: return read_whole_full(view().size(), contents);
    case ber::Framer::Outcome::need_more: break;
  }
  if (view().size() > limits_.max_section)
    return refuse(Errc::limit, 0, ".full", fmt::format("a section of at most {} bytes", limits_.max_section),
                  view());
  if (!ended) return shortage(0, ".full");
  return read_whole_full(view().size(), contents);
}

Result<SectionEvent> SectionReader::read_whole_full(std::size_t size, std::size_t contents) {
  framer_.reset();
  const ByteView encoded = view().first(size);
  const std::string where = path_of(place()) + ".full";
  FullSection section;
  section.encoded = encoded;
  section.contents = contents;
  if (trees_ == Trees::made) {
    const Limits limits = section_limits(encoded.subspan(std::min(contents, size)), limits_);
    auto tree = asn1::decode<asn1::SecFull>(encoded, limits, input_.offset(), where);
    if (tree) {
      section.fields = {std::string((*tree)->name()), (*tree)->sectionid(), (*tree)->instanceid(),
                        (*tree)->versionid()};
      section.tree = std::move(*tree);
    } else if (tree.error().code != Errc::limit) {
      return with_all_it_shows(std::move(tree.error()), encoded);
    }
  }
  if (!section.tree) {
    Limits wide = limits_;
    wide.max_tlvs = size;
    if (const auto sound =
            ber::validate(encoded, generated::schema, full_type(), wide, input_.offset(), where);
        !sound)
      return with_all_it_shows(sound.error(), encoded);
    ber::Header header;
    ber::parse_header(encoded, header);
    section.fields = std::move(**peek_fields(header, section.contents));
  }
  SectionEvent event = give(std::move(section), Place::In::full);
  input_.consume(size);
  ++sections_;
  return event;
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
      if (auto status = end_mark(tags::full_end); !status) return std::move(status.error());
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
