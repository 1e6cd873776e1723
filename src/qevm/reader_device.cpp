// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that finds the end of device state, which has neither length nor mark.
#include <qember/qevm/reader.hpp>

#include "../event/cursor.hpp"
#include "../event/package.hpp"
#include "split.hpp"

#include <algorithm>

namespace qember::qevm {
namespace {

constexpr std::size_t footer_size = 5;
/// What may have to be seen behind a footer: the header of a section with the longest name.
constexpr std::size_t most_following = 1 + 4 + 1 + 255 + 8;
/// A body is passed on in pieces of this size when its end is not near.
constexpr std::size_t piece = std::size_t{64} << 10U;

enum class Following : std::uint8_t { certain, possible, impossible, starved };

bool printable(ByteView name) {
  return std::ranges::all_of(name, [](std::uint8_t octet) { return octet >= 0x20 && octet <= 0x7e; });
}

Following section_follows(ByteView after) {
  constexpr std::size_t ids = 4 + 1;
  if (after.size() < 1 + ids) return Following::starved;
  const std::size_t name = after[ids];
  if (after.size() < 1 + ids + name + 8) return Following::starved;
  const std::uint8_t* const tail = after.data() + 1 + ids + name;
  if (name > 0 && printable(after.subspan(1 + ids, name))) return Following::certain;
  constexpr std::uint32_t most = 1U << 16U;
  return load_be<std::uint32_t>(after.data() + 1) < most && load_be<std::uint32_t>(tail + 4) < most
             ? Following::possible
             : Following::impossible;
}

/// Whether an element stands where a footer would have ended, or the start of one where the input ends in
/// it. `finished`: the bytes are all there are.
Following what_follows(ByteView after, bool finished) {
  const Following cut = finished ? Following::possible : Following::starved;
  if (after.empty()) return cut;
  switch (static_cast<event::Element>(after[0])) {
    case event::Element::eof:
      if (after.size() == 1) return finished ? Following::certain : Following::starved;
      if (after[1] != static_cast<std::uint8_t>(event::Element::description)) return Following::possible;
      if (after.size() < 7) return cut;
      return after[6] == '{' ? Following::certain : Following::possible;
    case event::Element::section_start:
    case event::Element::section_full: {
      const Following following = section_follows(after);
      return following == Following::starved ? cut : following;
    }
    case event::Element::section_part:
    case event::Element::section_end:
      if (after.size() < 5) return cut;
      return load_be<std::uint32_t>(after.data() + 1) < 65536 ? Following::certain : Following::impossible;
    case event::Element::command: {
      if (after.size() < 3) return cut;
      const auto id = load_be<std::uint16_t>(after.data() + 1);
      return id >= 1 && id <= 16 ? Following::certain : Following::impossible;
    }
    default: return Following::impossible;
  }
}

/// The next `7e` and section id in `view` from `from` on; the size of `view` where there is none.
std::size_t find_footer(ByteView view, std::size_t from, std::uint32_t id) {
  std::array<std::uint8_t, footer_size> mark{static_cast<std::uint8_t>(event::Element::section_footer)};
  store_be(mark.data() + 1, id);
  const auto found =
      std::search(view.begin() + static_cast<std::ptrdiff_t>(from), view.end(), mark.begin(), mark.end());
  return static_cast<std::size_t>(found - view.begin());
}

}  // namespace

/// Looks for the footer of this section where an element, or the end of the package, follows it. What is held
/// meanwhile is bounded: without an end that is certain, from the first one that is possible on, and from the
/// beginning where it is not known yet whether there are footers. That depends on nothing but the bytes.
Reader::BodyEnd Reader::find_body_end(ByteView body, std::uint64_t offset) {
  const auto is_far = [this](std::size_t at) {
    const auto held_from = footers_ ? loose_ : std::optional<std::size_t>(0);
    return held_from && at > *held_from + limits_.max_held;
  };
  for (std::size_t at = find_footer(body, scanned_, section_.id); at < body.size();
       at = find_footer(body, at + 1, section_.id)) {
    if (is_far(at)) return {BodyEnd::far, 0};
    if (package_->ends_at(offset + at + footer_size)) return {BodyEnd::found, at};
    switch (what_follows(body.subspan(at + footer_size), input_.finished())) {
      case Following::certain: return {BodyEnd::found, at};
      case Following::starved: scanned_ = at; return {BodyEnd::starved, 0};
      case Following::possible:
        if (!loose_) loose_ = at;
        break;
      case Following::impossible: break;
    }
  }
  scanned_ = body.size() < footer_size ? 0 : body.size() - footer_size + 1;
  if (body.size() > footer_size + most_following && is_far(body.size() - footer_size - most_following))
    return {BodyEnd::far, 0};
  if (!input_.finished()) return {BodyEnd::starved, 0};
  return loose_ ? BodyEnd{BodyEnd::found, *loose_} : BodyEnd{BodyEnd::none, 0};
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
