// SPDX-License-Identifier: LGPL-2.1-or-later
#include "native_read_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <concepts>

namespace qember::event {
namespace {

/// Bytes that are searched at once.
constexpr std::size_t piece = std::size_t{64} << 10U;

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

template <std::unsigned_integral T>
void append(Bytes& to, T value) {
  std::array<std::uint8_t, sizeof(T)> bytes;
  store_be(bytes.data(), value);
  append(to, ByteView(bytes));
}

Bytes header_of(const SectionBegin& section) {
  Bytes header{static_cast<std::uint8_t>(section.type)};
  append(header, section.id);
  if (section.type != Element::section_start && section.type != Element::section_full) {
    header.resize(header.size() + behind_name);  // of whatever is in it
    return header;
  }
  header.push_back(static_cast<std::uint8_t>(section.name.size()));
  append(header, as_bytes(section.name));
  append(header, section.instance);
  append(header, section.version);
  return header;
}

}  // namespace

void NativeReadBack::begin(std::uint32_t id, std::uint64_t offset, std::string path) {
  if (offence_ || (footers_ && !*footers_)) return;
  begin_undivided(offset, std::move(path));
  start(id);
}

void NativeReadBack::begin_undivided(std::uint64_t offset, std::string path) {
  offset_ = offset;
  path_ = std::move(path);
}

void NativeReadBack::start(std::uint32_t id) {
  is_on_ = true;
  is_far_ = is_sure_ = false;
  id_ = id;
  held_.clear();
  at_ = 0;
  end_.reset();
  loose_.reset();
}

void NativeReadBack::pass(const SectionBegin& section) {
  if (is_on_) take(header_of(section));
}

void NativeReadBack::pass(const Command& command) {
  if (!is_on_) return;
  Bytes bytes{static_cast<std::uint8_t>(Element::command)};
  append(bytes, command.id);
  append(bytes, static_cast<std::uint16_t>(command.payload.size()));
  append(bytes, command.payload);
  take(bytes);
}

void NativeReadBack::pass(const SectionEnd& end) {
  if (!footers_ && is_on_ && at_ + held_.size() > max_held_) is_far_ = true;
  footers_ = end.footer;
  // Without footers the reader has looked for one in all that follows the first header.
  if (!end.footer) return;
  if (std::exchange(is_far_, false)) return give_up();
  if (!is_on_) return;
  end_ = at_ + held_.size();
  Bytes footer{static_cast<std::uint8_t>(Element::section_footer)};
  append(footer, id_);
  take(footer);
}

void NativeReadBack::end_package() {
  is_sure_ = true;
  scan(false);
}

/// The description, wherever it came, stands behind the end mark.
void NativeReadBack::pass(const Eof&) {
  if (!is_on_) return;
  Bytes bytes{static_cast<std::uint8_t>(Element::eof)};
  append(bytes, description_);
  take(bytes);
}

void NativeReadBack::pass(const DescriptionText& text) {
  description_.assign(1, static_cast<std::uint8_t>(Element::description));
  append(description_, static_cast<std::uint32_t>(text.json.size()));
  append(description_, text.json.first(std::min(text.json.size(), behind_name)));
}

/// Device state that nothing divides begins with the header of a section.
void NativeReadBack::pass(const TrailingData& rest) {
  ByteView data = rest.data;
  if (rest.device_state && !footers_) {
    std::size_t size = 0;
    const auto missing = [&] {
      const std::size_t name = header_.size() < before_name ? 0 : header_[before_name - 1] + behind_name;
      return (size = before_name + name - std::min(header_.size(), before_name + name)) > 0;
    };
    while (missing() && !data.empty()) {
      append(header_, data.first(std::min(size, data.size())));
      data = data.subspan(std::min(size, data.size()));
    }
    if (size > 0) return;
    start(load_be<std::uint32_t>(header_.data() + 1));
    footers_ = false;
  }
  take(data);
}

void NativeReadBack::pass(const StreamEnd&) {
  scan(true);
  // The reader knows of no footers where it would have had to hold too much to find one.
  const bool is_held = at_ + held_.size() <= max_held_ + footer_size + most_following;
  if (is_on_ && !has_footers() && loose_ && is_held) refuse_footer(*loose_);
  is_on_ = false;
}

void NativeReadBack::take(ByteView bytes) {
  while (is_on_ && !bytes.empty()) {
    const ByteView some = bytes.first(std::min(piece, bytes.size()));
    append(held_, some);
    scan(false);
    bytes = bytes.subspan(some.size());
  }
}

void NativeReadBack::scan(bool finished) {
  std::size_t at = 0;
  for (; is_on_; ++at) {
    at = find_footer(held_, at, id_);
    if (at == held_.size()) break;
    const Following next = following(at, finished);
    if (next == Following::starved) break;
    settle(at_ + at, next);
  }
  const std::size_t done = at < held_.size() ? at : held_.size() - std::min(held_.size(), footer_size - 1);
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(done));
  at_ += done;
}

/// Of the footer at that byte of `held_`. Of a section whose name would go on behind the body's own footer
/// nothing is to be awaited: there an element begins, with a byte that is in no name.
Following NativeReadBack::following(std::size_t at, bool finished) const {
  if (is_sure_ && at_ + at == end_) return Following::certain;
  const ByteView after = ByteView(held_).subspan(at + footer_size);
  const Following found = what_follows(after, finished);
  if (found != Following::starved || !end_ || at_ + at == *end_ || after.empty()) return found;
  const auto type = static_cast<Element>(after[0]);
  if (type != Element::section_start && type != Element::section_full) return found;
  const bool is_named =
      after.size() >= before_name && at_ + at + before_name + after[before_name - 1] <= *end_;
  return is_named ? found : Following::possible;
}

/// One that an element may follow ends the search where it is the section's own: only a section whose name is
/// no text gives rise to that, or bytes behind a stream, and `check` refuses either.
void NativeReadBack::settle(std::uint64_t at, Following following) {
  const auto held_from = has_footers() ? loose_ : std::optional<std::uint64_t>(0);
  if (held_from && at > *held_from + max_held_) return give_up();
  const bool is_own = at == end_;
  if (following == Following::impossible) {
    if (is_own)
      refuse(Errc::bad_value, "behind the footer an element that can be told there",
             "a section or a command with another id");
    return;
  }
  if (!loose_) loose_ = at;
  if (following == Following::possible && !is_own) return;
  is_on_ = false;
  if (following == Following::certain && !is_own) return refuse_footer(at);
  if (following == Following::possible && *loose_ != at) refuse_footer(*loose_);
}

/// The footer that counts is farther than the reader looks for it.
void NativeReadBack::give_up() {
  is_on_ = false;
  is_far_ = !footers_;
  if (has_footers())
    refuse(Errc::limit, fmt::format("an end that is certain within {} bytes", max_held_), "none");
}

void NativeReadBack::refuse_footer(std::uint64_t at) {
  refuse(Errc::bad_value, "a body without the footer of its section",
         fmt::format("7e and the id {} at byte {} of it, and an element behind them", id_, at));
}

void NativeReadBack::refuse(Errc code, std::string expected, std::string found) {
  is_on_ = false;
  if (!offence_) offence_ = Error{code, offset_, path_, std::move(expected), std::move(found)};
}

}  // namespace qember::event
