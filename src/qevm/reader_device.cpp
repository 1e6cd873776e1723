// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that finds the end of device state, which has neither length nor mark.
#include <qember/advanced/qevm/reader.hpp>

#include "../event/cursor.hpp"
#include "../event/footer.hpp"
#include "../event/package.hpp"
#include "split.hpp"

namespace qember::qevm {
namespace {

using event::Following;

/// A body is passed on in pieces of this size when its end is not near.
constexpr std::size_t piece = std::size_t{64} << 10U;

}  // namespace

/// Looks for the footer of this section where an element, or the end of the package, follows it. What is held
/// meanwhile is bounded: without an end that is certain, from the first one that is possible on, and from the
/// beginning where it is not known yet whether there are footers. That depends on nothing but the bytes.
Reader::BodyEnd Reader::find_body_end(ByteView body, std::uint64_t offset) {
  const auto is_far = [this](std::size_t at) {
    const auto held_from = footers_ ? loose_ : std::optional<std::size_t>(0);
    return held_from && at > *held_from + limits_.max_held;
  };
  for (std::size_t at = event::find_footer(body, scanned_, section_.id); at < body.size();
       at = event::find_footer(body, at + 1, section_.id)) {
    if (is_far(at)) return {BodyEnd::far, 0};
    if (package_->ends_at(offset + at + event::footer_size)) return {BodyEnd::found, at};
    switch (event::what_follows(body.subspan(at + event::footer_size), input_.finished())) {
      case Following::certain: return {BodyEnd::found, at};
      case Following::starved: scanned_ = at; return {BodyEnd::starved, 0};
      case Following::possible:
        if (!loose_) loose_ = at;
        break;
      case Following::impossible: break;
    }
  }
  scanned_ = body.size() < event::footer_size ? 0 : body.size() - event::footer_size + 1;
  if (body.size() > event::footer_size + event::most_following &&
      is_far(body.size() - event::footer_size - event::most_following))
    return {BodyEnd::far, 0};
  if (!input_.finished()) return {BodyEnd::starved, 0};
  if (!loose_) return {BodyEnd::none, 0};
  // All behind it is searched again for the end of the next section.
  searched_again_ += body.size() - *loose_;
  if (searched_again_ > 4 * std::uint64_t{limits_.max_held}) return {BodyEnd::far, 0};
  return {BodyEnd::found, *loose_};
}

Error Reader::starved(std::string path) const {
  return {Errc::need_more, input_.offset(), std::move(path), "more bytes", "none"};
}

Result<event::Event> Reader::read_device() {
  const ByteView view = input_.view();
  const BodyEnd end = find_body_end(view, input_.offset());
  switch (end.outcome) {
    case BodyEnd::found: state_ = State::footer; return take(event::Body{view.first(end.at)}, end.at);
    case BodyEnd::none:
      return Error{Errc::truncated, input_.offset() + view.size(), section_path() + ".footer",
                   fmt::format("the footer of section {}", section_.id), "the end of the input"};
    case BodyEnd::far:
      return Error{Errc::limit, input_.offset() + *loose_, section_path(),
                   fmt::format("an end that is certain within {} bytes", limits_.max_held), "none"};
    case BodyEnd::starved: break;
  }
  if (!loose_ && scanned_ >= piece) {
    scanned_ -= piece;
    return take(event::Body{view.first(piece)}, piece);
  }
  return starved(section_path());
}

/// The first section of a stream is device state: a footer decides whether there are footers.
/// `size`: of its header.
Status Reader::decide_footers(std::size_t size) {
  const BodyEnd end = find_body_end(input_.view().subspan(size), input_.offset() + size);
  if (end.outcome == BodyEnd::starved) return starved(section_path());
  footers_ = end.outcome == BodyEnd::found;
  return {};
}

/// Without footers only a description at the very end of the stream can tell where sections end: that
/// takes the rest of the stream. Where that is more than may be held, where there is no description, or it
/// does not fit, the rest stays whole.
Result<event::Event> Reader::read_tail() {
  const ByteView view = input_.view();
  const bool is_held = view.size() <= limits_.max_held;
  if (is_held && !input_.finished()) return starved("QEVM");
  if (is_held) tail_ = split_by_description(view, limits_);
  state_ = State::element;
  if (!tail_.empty()) return read_element();
  rest_is_device_state_ = true;
  state_ = State::rest;
  return read_rest();
}

}  // namespace qember::qevm
