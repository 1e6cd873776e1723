// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the reader that reads the pages in a `SecMin`.
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/qber/section_reader.hpp>

#include "tags.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

/// Whether the contents of `inner`, whose header is at `at` of the element, end behind it.
bool leaves(const ber::Header& element, const ber::Header& inner, std::size_t at) {
  const std::uint64_t size = element.size + element.length;
  return !element.indefinite && (at + inner.size > size || inner.length > size - at - inner.size);
}

/// The bytes of the element that are there.
ByteView of(const ber::Header& element, ByteView bytes) {
  return bytes.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), element.size + element.length)));
}

}  // namespace

Result<SectionEvent> SectionReader::read_ram_begin() {
  const auto section = expect(tags().min, "", 0, ".min");
  if (!section) return section.error();
  const std::size_t id_at = section->size;
  const auto id = expect(tags().min_id, ".min.sectionid", id_at);
  if (!id) return id.error();
  if (leaves(*section, *id, id_at))
    return refuse(Errc::bad_length, id_at, ".min.sectionid", "a length within what it is in",
                  of(*section, view()).subspan(id_at));
  const ByteView rest = view().subspan(id_at);
  if (id->length > max_integer)
    return refuse(Errc::bad_value, id_at, ".min.sectionid", "an INTEGER of 1 to 9 bytes", rest);
  if (rest.size() < id->size + id->length) return shortage(id_at, ".min.sectionid");
  const auto value = ber::parse_integer(rest.subspan(id->size, id->length));
  if (!value) return refuse(Errc::bad_value, id_at, ".min.sectionid", "an INTEGER", rest);
  const std::size_t list_at = id_at + id->size + id->length;
  const auto list = expect(tags().ramsec, ".min.contents", list_at, ".ramsec");
  if (!list) return list.error();
  if (leaves(*section, *list, list_at))
    return refuse(Errc::bad_length, list_at, ".min.contents", "a length within what it is in",
                  of(*section, view()).subspan(list_at));
  blocks_ = 0;
  SectionEvent event = give(RamBegin{*value}, Place::In::min);
  const std::uint64_t begin = input_.offset();
  enter(*section);
  input_.consume(list_at - static_cast<std::size_t>(input_.offset() - begin));
  const auto inside = expect(tags().ramsec, ".min.contents");
  if (!inside) return inside.error();
  enter(*inside);
  state_ = State::ram;
  return event;
}

Result<SectionEvent> SectionReader::read_ram() {
  if (frames_.size() > frames_in_section) {
    const auto end = at_end();
    if (!end) return end.error();
    if (!*end) {
      const auto block = expect(tags().ram_block, "");
      if (!block) return block.error();
      const ByteView rest = view().subspan(block->size);
      const auto name = expect(tags().block_name, ".name", block->size);
      if (!name) return name.error();
      if (leaves(*block, *name, block->size))
        return refuse(Errc::bad_length, block->size, ".name", "a length within what it is in",
                      of(*block, view()).subspan(block->size));
      if (name->length > 4 * limits_.max_name)
        return refuse(Errc::limit, block->size, ".name",
                      fmt::format("a name of at most {} bytes", limits_.max_name), rest);
      if (rest.size() < name->size + name->length) return shortage(block->size, ".name");
      const ByteView encoded = rest.first(name->size + name->length);
      if (const auto sound = ber::validate(encoded, format_.schema(), format_.block_name_type(), limits_,
                                           input_.offset() + block->size, path_of(place()) + ".name");
          !sound)
        return sound.error();
      const std::size_t list_at = block->size + encoded.size();
      const auto list = expect(tags().pagelist, ".pagelist", list_at);
      if (!list) return list.error();
      if (leaves(*block, *list, list_at))
        return refuse(Errc::bad_length, list_at, ".pagelist", "a length within what it is in",
                      of(*block, view()).subspan(list_at));
      block_name_ = as_text(encoded.subspan(name->size));
      pages_ = 0;
      SectionEvent event = give(RamBlockBegin{block_name_}, Place::In::block);
      enter(*block);
      input_.consume(encoded.size());
      const auto inside = expect(tags().pagelist, ".pagelist");
      if (!inside) return inside.error();
      enter(*inside);
      state_ = State::pages;
      return event;
    }
  }
  SectionEvent event = give(RamEnd{}, Place::In::min);
  if (auto status = end_mark(tags().min_end); !status) return std::move(status.error());
  state_ = State::top;
  ++sections_;
  return event;
}

namespace {

/// Four frames around a block, the block's own, and the page list's.
constexpr std::size_t frames_in_pages = 6;

}  // namespace

std::size_t SectionReader::peek_pages(std::span<ram::PageView> room) {
  if (failed_ || state_ != State::pages || frames_.size() != frames_in_pages) return 0;
  peeked_ = format_.pages().parse_common(view(), room);
  return peeked_.count;
}

void SectionReader::take_pages(std::size_t count) {
  count = std::min(count, peeked_.count);
  if (count == 0) return;
  if (count < peeked_.count) {
    std::vector<ram::PageView> again(count);
    peeked_ = format_.pages().parse_common(view(), again);
  }
  pages_ += count;
  event_offset_ = input_.offset() + peeked_.last;
  event_place_ = {Place::In::page, sections_, blocks_, pages_ - 1};
  taken_ = view().first(peeked_.size);
  taken_count_ = count;
  input_.consume(peeked_.size);
  peeked_ = {};
}

/// They are parsed again: it is for errors.
void SectionReader::go_to_page(std::size_t index) {
  std::vector<ram::PageView> again(index + 1);
  event_offset_ = input_.offset() - taken_.size() + format_.pages().parse_common(taken_, again).last;
  event_place_.page = pages_ - taken_count_ + index;
}

Result<SectionEvent> SectionReader::read_page() {
  if (ram::PageView page; peek_pages({&page, 1}) == 1) {
    take_pages(1);
    return SectionEvent{page};
  }
  const ByteView rest = view();
  if (frames_.size() == frames_in_pages) {
    const auto end = at_end();
    if (!end) return end.error();
    if (!*end) {
      ber::Header header;
      const bool whole = ber::parse_header(rest, header) == ber::HeaderOutcome::ok;
      if (whole && header.length > frames_.back().end - input_.offset() - header.size)
        return refuse(Errc::bad_length, 0, "", "a length within what it is in", rest);
      auto parse = format_.pages().parse(rest, scratch_, input_.offset(), path_of(place()));
      if (!parse) {
        Error& error = parse.error();
        const bool parent_ends = input_.offset() + rest.size() == frames_.back().end;
        if (error.code == Errc::truncated && parent_ends) error.code = Errc::bad_length;
        if (error.code == Errc::truncated && !input_.finished()) error.code = Errc::need_more;
        return with_all_it_shows(std::move(error), rest);
      }
      SectionEvent event = give(parse->page, Place::In::page);
      ++pages_;
      input_.consume(parse->size);
      return event;
    }
  }
  const Place block{Place::In::block, sections_, blocks_, 0};
  auto end = at_end();
  if (!end) {
    end.error().path = path_of(block);
    return std::move(end.error());
  }
  if (!*end) {
    Error error = shows_more_later(view())
                      ? shortage(0, "")
                      : misplaced(0, "", "the end of the block", ber::tag_excerpt(view()));
    error.path = path_of(block);
    return error;
  }
  state_ = State::ram;
  ++blocks_;
  return read_ram();
}

}  // namespace qember::qber
