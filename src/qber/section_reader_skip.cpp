// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads over alternatives of `Sections` which a later schema has.
#include <qember/advanced/qber/section_reader.hpp>

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

}  // namespace qember::qber
