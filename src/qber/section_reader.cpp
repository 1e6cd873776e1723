// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/qber/section_reader.hpp>

#include "tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::qber {
namespace {

constexpr std::uint64_t no_end = std::numeric_limits<std::uint64_t>::max();

std::string describe(const ber::Identifier& identifier) {
  ber::Header header;
  std::array<std::uint8_t, 8> bytes{};
  *ber::put(bytes.data(), identifier) = 0;
  ber::parse_header(bytes, header);
  return fmt::format("{} ({})", ber::to_string(header.tag), hex_excerpt(identifier.view()));
}

/// Whether the bytes are these identifier octets, or the first of them, but for the bit that says
/// constructed: a tag is not another one for it.
bool may_have_tag(ByteView bytes, const ber::Identifier& identifier) {
  if (bytes.empty()) return true;
  const auto shown = static_cast<std::ptrdiff_t>(std::min<std::size_t>(bytes.size(), identifier.size));
  return ((bytes[0] ^ identifier.bytes[0]) & 0xdfU) == 0 &&
         std::equal(bytes.begin() + 1, bytes.begin() + shown, identifier.bytes.begin() + 1);
}

bool has_tag(ByteView bytes, const ber::Identifier& identifier) {
  return bytes.size() >= identifier.size && may_have_tag(bytes, identifier);
}

}  // namespace

Result<SectionEvent> SectionReader::next() {
  if (failed_) return *failed_;
  peeked_ = {};
  auto event = read();
  if (!event && event.error().code != Errc::need_more) failed_ = event.error();
  return event;
}

Result<SectionEvent> SectionReader::read() {
  switch (state_) {
    case State::file: return read_file();
    case State::top:
    case State::skipped: return read_top();
    case State::blob: return read_blob();
    case State::ram: return read_ram();
    case State::pages: return read_page();
    case State::after_file: return read_after_file();
    case State::end: break;
  }
  return SectionEvent{InputEnd{}};
}

SectionReader::Place SectionReader::place() const {
  using enum Place::In;
  switch (state_) {
    case State::top:
    case State::skipped: return {section, sections_, 0, 0};
    case State::blob: return {full, sections_, 0, 0};
    // Outside the list of blocks only the end mark is left.
    case State::ram: return {frames_.size() > frames_in_section ? block : min, sections_, blocks_, 0};
    case State::pages: return {page, sections_, blocks_, pages_};
    default: return {};
  }
}

std::string SectionReader::path_of(const Place& place) {
  using enum Place::In;
  switch (place.in) {
    case file: return "QemuFile";
    case section: return fmt::format("QemuFile.top[{}]", place.section);
    case full: return fmt::format("QemuFile.top[{}].full", place.section);
    case min: return fmt::format("QemuFile.top[{}].min", place.section);
    case block: return fmt::format("QemuFile.top[{}].min.contents.ramsec[{}]", place.section, place.block);
    case added: return fmt::format("QemuFile.top[{}].{}", place.section, place.added);
    case page:
      return fmt::format("QemuFile.top[{}].min.contents.ramsec[{}].pagelist[{}]", place.section, place.block,
                         place.page);
  }
  return {};
}

/// Called before the bytes of the event are consumed, and before its number is counted.
SectionEvent SectionReader::give(SectionEvent event, Place::In in) {
  event_offset_ = input_.offset();
  event_place_ = {in, sections_, blocks_, pages_};
  return event;
}

ByteView SectionReader::view() const {
  const ByteView all = input_.view();
  if (frames_.empty()) return all;
  return all.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(all.size(), frames_.back().end - input_.offset())));
}

Error SectionReader::shortage(std::size_t at, std::string_view component) const {
  const std::uint64_t end = frames_.empty() ? no_end : frames_.back().end;
  const bool inside = input_.offset() + view().size() == end;
  // The parent ends there, so that nothing that comes can help.
  const Errc code = inside ? Errc::bad_length : input_.finished() ? Errc::truncated : Errc::need_more;
  return {code, input_.offset() + at, path_of(place()) + std::string(component), "a TLV that is complete",
          inside ? "the end of what it is in" : "the end of the input"};
}

/// Whether an error that shows those unread bytes would show more of them if more had come.
bool SectionReader::shows_more_later(ByteView unread) const {
  constexpr std::size_t most_shown = 8;
  const bool is_last = unread.data() + unread.size() == input_.view().data() + input_.view().size();
  const bool ends_there = !frames_.empty() && input_.offset() + view().size() == frames_.back().end;
  if (!is_last || ends_there || input_.finished()) return false;
  ber::Header header;
  return unread.size() <= most_shown || ber::parse_header(unread, header) == ber::HeaderOutcome::need_more;
}

/// An element that the schema does not have there.
Error SectionReader::misplaced(std::size_t at, std::string_view component, std::string expected,
                               std::string found) const {
  return {Errc::bad_tag,       input_.offset() + at, path_of(place()) + std::string(component),
          std::move(expected), std::move(found),     format_.schema().fingerprint};
}

/// An error with an element in `encoded`, which is unread: for later, where it would show more then.
Error SectionReader::with_all_it_shows(Error error, ByteView encoded) const {
  if (error.code == Errc::truncated) return error;
  const auto at =
      static_cast<std::size_t>(std::min<std::uint64_t>(error.offset - input_.offset(), encoded.size()));
  if (shows_more_later(encoded.subspan(at))) error.code = Errc::need_more;
  return error;
}

Error SectionReader::refuse(Errc code, std::size_t at, std::string_view component, std::string expected,
                            ByteView found) const {
  if (shows_more_later(found)) return shortage(at, component);
  return {code, input_.offset() + at, path_of(place()) + std::string(component), std::move(expected),
          hex_excerpt(found)};
}

/// That the header at `at` is there, is sound, and has a length within what it is in.
Status SectionReader::check_header(ber::HeaderOutcome outcome, const ber::Header& header, std::size_t at,
                                   std::string_view component) const {
  const ByteView rest = view().subspan(at);
  if (outcome == ber::HeaderOutcome::need_more) return shortage(at, component);
  if (outcome != ber::HeaderOutcome::ok)
    return shows_more_later(rest) ? shortage(at, component)
                                  : ber::header_error(outcome, rest, input_.offset() + at,
                                                      path_of(place()) + std::string(component));
  const std::uint64_t end = frames_.empty() ? no_end : frames_.back().end;
  if (header.length > end - input_.offset() - at - header.size)
    return refuse(Errc::bad_length, at, component, "a length within what it is in", rest);
  return {};
}

Result<ber::Header> SectionReader::expect(const ber::Identifier& wanted, std::string_view component,
                                          std::size_t at, std::string_view alternative) {
  const ByteView rest = view().subspan(at);
  ber::Header header;
  const auto outcome = ber::parse_header(rest, header);
  const std::size_t shown = std::min<std::size_t>(rest.size(), wanted.size);
  const bool differs =
      !std::equal(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(shown), wanted.bytes.begin());
  // The bit that says constructed is no part of the tag, which alone decides on an alternative.
  const bool is_form = differs && !alternative.empty() && may_have_tag(rest, wanted);
  // A tag that differs is wrong however the rest of it goes on.
  if (differs && !is_form)
    return shows_more_later(rest) ? shortage(at, component)
                                  : misplaced(at, component, describe(wanted), ber::tag_excerpt(rest));
  if (rest.empty() && !frames_.empty() && input_.offset() + at == frames_.back().end)
    return misplaced(at, component, describe(wanted), "the end of what it is in");
  if (auto status = check_header(outcome, header, at, component); !status) return std::move(status.error());
  if (is_form)
    return refuse(Errc::bad_tag, at, std::string(component).append(alternative), describe(wanted), rest);
  return header;
}

void SectionReader::enter(const ber::Header& header) {
  const std::uint64_t inside = input_.offset() + header.size;
  const std::uint64_t outer = frames_.empty() ? no_end : frames_.back().end;
  frames_.push_back({header.indefinite ? outer : inside + header.length, header.indefinite});
  input_.consume(header.size);
}

/// At the end of the innermost frame, which is then left.
Result<bool> SectionReader::at_end() {
  const Frame& frame = frames_.back();
  if (!frame.indefinite) {
    if (input_.offset() != frame.end) return false;
    frames_.pop_back();
    return true;
  }
  const ByteView rest = view();
  if (rest.empty()) return shortage(0, "");
  if (rest[0] != 0) return false;
  if (rest.size() < 2) return shortage(0, "");
  if (rest[1] != 0) return refuse(Errc::bad_length, 0, "", "end-of-contents 00 00", rest);
  input_.consume(2);
  frames_.pop_back();
  return true;
}

Result<SectionEvent> SectionReader::read_file() {
  if (frames_.empty()) {
    const ByteView all = input_.view();
    const std::size_t shown = std::min<std::size_t>(all.size(), tags().file.size);
    if (!std::equal(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), tags().file.bytes.begin()))
      return shows_more_later(all) ? shortage(0, "")
                                   : Error{Errc::unknown_magic, 0, "QemuFile",
                                           hex_excerpt(tags().file.view()), hex_excerpt(all, 4)};
    const auto file = expect(tags().file, "");
    if (!file) return file.error();
    give(FileBegin{}, Place::In::file);
    enter(*file);
  }
  const auto version = expect(tags().version, ".version");
  if (!version) return version.error();
  const ByteView rest = view();
  if (version->length > max_integer)
    return refuse(Errc::bad_value, 0, ".version", "an INTEGER of 1 to 9 bytes", rest);
  const std::size_t size = version->size + version->length;
  if (rest.size() < size) return shortage(0, ".version");
  const auto value = ber::parse_integer(rest.subspan(version->size, version->length));
  if (value != Integer(3))
    return refuse(value ? Errc::constraint : Errc::bad_value, 0, ".version", "3", rest.first(size));
  const auto top = expect(tags().top, ".top", size);
  if (!top) return top.error();
  input_.consume(size);
  enter(*top);
  state_ = State::top;
  return SectionEvent{FileBegin{}};
}

Result<SectionEvent> SectionReader::read_top() {
  if (auto status = skip_private(); !status) return std::move(status.error());
  const auto end = at_end();
  if (!end) return end.error();
  if (*end) {
    const std::uint64_t end_at = input_.offset();
    auto file_end = at_end();
    if (file_end && !*file_end) {
      state_ = State::file;
      file_end = refuse(Errc::trailing_data, 0, "", "the end of the file", view());
      state_ = State::top;
    }
    if (!file_end) {
      // Only the list has been left: ask for the file's end again.
      frames_.push_back({input_.offset(), false});
      return std::move(file_end.error());
    }
    state_ = State::after_file;
    SectionEvent event = give(FileEnd{}, Place::In::file);
    event_offset_ = end_at;
    return event;
  }
  const auto added = added_section();
  if (!added) return added.error();
  if (*added != nullptr) return read_added(**added);
  const ByteView rest = view();
  if (has_tag(rest, tags().min)) return read_ram_begin();
  if (rest.size() < tags().min.size && may_have_tag(rest, tags().min)) return shortage(0, "");
  auto header = expect(tags().full, "", 0, ".full");
  if (!header) {
    if (header.error().code == Errc::bad_tag && !has_tag(rest, tags().full))
      header.error().expected =
          fmt::format("SecFull {} or SecMin {}", describe(tags().full), describe(tags().min));
    return std::move(header.error());
  }
  return read_full(*header);
}

/// The end mark of a section, and the section's own end.
Status SectionReader::end_mark(const ber::Identifier& mark) {
  auto header = expect(mark, ".secendmark");
  if (!header) {
    if (header.error().code == Errc::bad_tag) header.error().code = Errc::missing_end_mark;
    return std::move(header.error());
  }
  if (header->length != 0) return refuse(Errc::bad_value, 0, ".secendmark", "NULL without contents", view());
  const Frame& frame = frames_.back();
  const std::size_t size = header->size;
  if (state_ == State::blob) {
    if (auto status = no_added_member(size); !status) return status;
  }
  if (!frame.indefinite) {
    if (input_.offset() + size != frame.end)
      return refuse(Errc::bad_length, size, "", "the end of the section", view().subspan(size));
  } else {
    const ByteView rest = view().subspan(size);
    if (rest.size() < 2) return shortage(size, "");
    if (rest[0] != 0 || rest[1] != 0) return refuse(Errc::bad_tag, size, "", "end-of-contents 00 00", rest);
    input_.consume(2);
  }
  input_.consume(size);
  frames_.pop_back();
  return {};
}

Result<SectionEvent> SectionReader::read_after_file() {
  if (!input_.view().empty())
    return refuse(Errc::trailing_data, 0, "", "the end of the input", input_.view());
  if (!input_.finished()) return Error{Errc::need_more, input_.offset(), "QemuFile", "more bytes", "none"};
  state_ = State::end;
  return SectionEvent{InputEnd{}};
}

}  // namespace qember::qber
