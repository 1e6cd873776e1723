// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads alternatives of `Sections` which the library's own schema has not: over
// those of a later schema, and whole those that the schema at hand adds.
#include <qember/advanced/qber/section_reader.hpp>

#include <fmt/format.h>

namespace qember::qber {
namespace {

/// X.690 8.1.2.2: bits 8 and 7 of the identifier are set.
bool is_private(ByteView identifier) { return !identifier.empty() && (identifier[0] & 0xc0U) == 0xc0U; }

}  // namespace

/// Reads over all that come next. What they hold may be anything that is BER, and is not held.
Status SectionReader::skip_private() {
  for (;;) {
    if (state_ == State::top) {
      if (!is_private(view())) return {};
      const auto added = added_section();
      if (!added) return added.error();
      if (*added != nullptr) return {};
      if (auto status = skip_header(); !status) return status;
      state_ = State::skipped;
    }
    if (auto status = skip_contents(); !status) return status;
    state_ = State::top;
    ++sections_;
  }
}

/// Enters the TLV that comes next.
Status SectionReader::skip_header() {
  const ByteView rest = view();
  ber::Header header;
  const auto outcome = ber::parse_header(rest, header);
  if (auto status = check_header(outcome, header, 0, ""); !status) return status;
  if (header.is_end_of_contents()) return refuse(Errc::bad_tag, 0, "", "another TLV", rest);
  if (!header.constructed) {
    begin_segment(header);
    return {};
  }
  if (frames_.size() - frames_in_list >= limits_.max_depth)
    return refuse(Errc::limit, 0, "", "TLVs that nest less deeply", rest);
  enter(header);
  return {};
}

/// To the end of the outermost TLV that has been entered.
Status SectionReader::skip_contents() {
  for (;;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(segment_, view().size()));
    input_.consume(size);
    segment_ -= size;
    if (segment_ > 0) return shortage_of_segment("");
    if (frames_.size() == frames_in_list) return {};
    const auto end = at_end();
    if (!end) return end.error();
    if (*end) continue;
    if (auto status = skip_header(); !status) return status;
  }
}

/// The alternative that the schema adds whose tag is at hand; null where it is another one.
Result<const ber::Member*> SectionReader::added_section() {
  if (!format_.adds_sections()) return nullptr;
  ber::Header header;
  const auto outcome = ber::parse_header(view(), header);
  if (outcome == ber::HeaderOutcome::need_more) return shortage(0, "");
  return outcome == ber::HeaderOutcome::ok ? format_.section(header.tag) : nullptr;
}

Result<SectionEvent> SectionReader::read_added(const ber::Member& alternative) {
  const std::string component = fmt::format(".{}", alternative.name);
  ber::Header header;
  const auto outcome = ber::parse_header(view(), header);
  if (auto status = check_header(outcome, header, 0, component); !status) return std::move(status.error());
  const auto size = whole_size(header, component);
  if (!size) return size.error();
  framer_.reset();
  const ByteView encoded = view().first(*size);
  const ber::Schema& schema = format_.schema();
  if (auto status = validate_all(encoded, schema, *schema.find("Sections"), limits_, path_of(place()));
      !status)
    return with_all_it_shows(std::move(status.error()), encoded);
  const bool is_lossy = header.tag.tag_class == ber::TagClass::private_use;
  SectionEvent event = give(event::SchemaValue{alternative.name, encoded, is_lossy}, Place::In::added);
  event_place_.added = alternative.name;
  input_.consume(*size);
  ++sections_;
  return event;
}

}  // namespace qember::qber
