// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/qevm/reader.hpp>

#include "../event/cursor.hpp"
#include "../event/package.hpp"

namespace qember::qevm {

Reader::Reader(io::Input& input, const Limits& limits, ReaderOptions options)
    : input_(input),
      limits_(limits),
      session_(limits),
      package_(std::make_unique<event::Package>()),
      source_(options.source),
      base_(options.base),
      spool_(std::move(options.spool)),
      skims_pages_(options.skims_pages) {
  if (!options.page_size) return;
  session_.set_page_size(*options.page_size);
  if (!event::is_page_size(*options.page_size))
    failed_ = Error{Errc::usage, 0, "page_size", "a power of two from 256 to 65536",
                    fmt::to_string(*options.page_size)};
}

Reader::~Reader() = default;

Result<event::Event> Reader::next() {
  if (failed_) return *failed_;
  in_sync_ = false;
  auto event = read();
  if (!event && !in_sync_ && event.error().code != Errc::need_more) failed_ = event.error();
  return event;
}

Result<event::Event> Reader::read() {
  switch (state_) {
    case State::header: return read_header();
    case State::element: return read_element();
    case State::ram: return blocks_pending_ ? read_blocks() : read_ram();
    case State::mapped: return read_mapped();
    case State::iterative: return read_iterative();
    case State::payload: return read_payload();
    case State::device: return read_device();
    case State::footer: return read_footer();
    case State::tail: return read_tail();
    case State::rest: return read_rest();
    case State::after_eof: return read_after_eof();
    case State::end: break;
  }
  return event::Event{event::StreamEnd{}};
}

std::string Reader::path() const {
  switch (state_) {
    case State::ram:
    case State::mapped:
      return pages_ > 0 ? fmt::format("{}.page[{}]", section_path(), pages_ - 1) : section_path();
    case State::iterative:
    case State::payload:
    case State::device:
    case State::footer: return section_path();
    default: return element_;
  }
}

std::string Reader::element_path(std::string_view name, std::size_t index) const {
  return fmt::format("QEVM.{}[{}]", name, index);
}

std::string Reader::section_path() const { return element_path("section", sections_ - 1); }

Error Reader::refuse(Errc code, std::string path, std::string expected, std::string found) const {
  return {code, input_.offset(), std::move(path), std::move(expected), std::move(found)};
}

/// An error of a part that does not know where the unread bytes stand.
Error Reader::place(Error error, const std::string& path) const {
  error.offset = input_.offset();
  return std::move(error).within(path);
}

event::Event Reader::take(event::Event event, std::size_t size) {
  event_offset_ = input_.offset();
  input_.consume(size);
  return event;
}

Result<event::Event> Reader::read_header() {
  event::Cursor cursor(input_);
  const auto found_magic = cursor.be<std::uint32_t>("magic");
  if (!cursor.is_short() && found_magic != event::magic)
    return cursor.refuse_bytes(Errc::unknown_magic, "QEVM", "51 45 56 4d", 4);
  const auto version = cursor.be<std::uint32_t>("version");
  if (cursor.is_short()) return cursor.shortage("QEVM");
  if (version != event::stream_version)
    return cursor.refuse(Errc::unsupported, "QEVM", fmt::to_string(event::stream_version),
                         fmt::to_string(version));
  state_ = State::element;
  return take(event::StreamBegin{version}, cursor.at());
}

Result<event::Event> Reader::read_element() {
  element_ = "QEVM";
  event::Cursor cursor(input_);
  const auto type = static_cast<event::Element>(cursor.be<std::uint8_t>(""));
  if (cursor.is_short()) return cursor.shortage("QEVM");
  if (auto status = package_->pass(type, input_.offset()); !status)
    return place(std::move(status.error()), "QEVM");
  switch (type) {
    case event::Element::eof: state_ = State::after_eof; return take(event::Eof{}, 1);
    case event::Element::configuration: return read_configuration(cursor);
    case event::Element::command: return read_command(cursor);
    case event::Element::section_start:
    case event::Element::section_part:
    case event::Element::section_end:
    case event::Element::section_full: return read_section(cursor, type);
    case event::Element::subsection:
    case event::Element::description:
    case event::Element::section_footer: break;
  }
  return cursor.refuse_bytes(Errc::bad_tag, "QEVM", "a section, a command or EOF", 4);
}

Result<event::Event> Reader::read_configuration(event::Cursor& cursor) {
  const std::string path = "QEVM.configuration";
  if (input_.position() != 8)
    return place(broken(event::Rule::configuration_first, "the configuration before all else", "it later"),
                 path);
  event::Configuration configuration;
  const auto size = cursor.be<std::uint32_t>("machine");
  // QEMU itself refuses a name that is longer.
  if (size > limits_.max_name)
    return cursor.refuse(Errc::limit, path, fmt::format("at most {} bytes", limits_.max_name),
                         fmt::to_string(size));
  const ByteView machine = cursor.bytes(size, "machine");
  configuration.machine.assign(machine.begin(), machine.end());
  for (;;) {
    if (!cursor.is_short() && cursor.peek() < 0 && !input_.finished()) cursor.bytes(1, "subsection");
    if (cursor.is_short()) return cursor.shortage(path);
    if (cursor.peek() != static_cast<int>(event::Element::subsection)) break;
    event::ConfigurationSubsection sub;
    cursor.bytes(1, "subsection");
    sub.name = as_text(cursor.counted("subsection"));
    if (cursor.is_short()) return cursor.shortage(path);
    if (auto status = check_subsection(configuration.subsections, sub.name); !status)
      return cursor.place(std::move(status.error()), path);
    sub.version = cursor.be<std::uint32_t>("subsection.version");
    const std::size_t begin = cursor.at();
    if (sub.name == "configuration/target-page-bits") {
      cursor.be<std::uint32_t>("subsection.bits");
    } else if (sub.name == "configuration/uuid") {
      cursor.bytes(16, "subsection.uuid");
    } else {
      const auto count = cursor.be<std::uint32_t>("subsection.count");
      if (count > event::most_capabilities)
        return cursor.refuse(Errc::limit, path,
                             fmt::format("at most {} capabilities", event::most_capabilities),
                             fmt::to_string(count));
      for (std::uint32_t i = 0; i < count && !cursor.is_short(); ++i) cursor.counted("subsection.capability");
    }
    if (cursor.is_short()) return cursor.shortage(path);
    const ByteView payload = input_.view().subspan(begin, cursor.at() - begin);
    sub.payload.assign(payload.begin(), payload.end());
    configuration.subsections.push_back(std::move(sub));
  }
  if (auto status = session_.note(configuration); !status) return place(std::move(status.error()), path);
  element_ = path;
  return take(std::move(configuration), cursor.at());
}

Result<event::Event> Reader::read_command(event::Cursor& cursor) {
  const std::string path = element_path("command", commands_);
  event::Command command;
  command.id = cursor.be<std::uint16_t>("id");
  command.payload = cursor.bytes(cursor.be<std::uint16_t>("length"), "payload");
  if (cursor.is_short()) return cursor.shortage(path);
  auto status = session_.note(command);
  if (status && command.id == static_cast<std::uint16_t>(event::CommandId::packaged))
    status = package_->begin(command.payload, input_.offset() + cursor.at());
  if (!status) return place(std::move(status.error()), path);
  ++commands_;
  element_ = path;
  return take(command, cursor.at());
}

Result<event::Event> Reader::read_section(event::Cursor& cursor, event::Element type) {
  const std::string path = element_path("section", sections_);
  event::SectionBegin begin{type, cursor.be<std::uint32_t>("id"), {}, 0, 0};
  if (type == event::Element::section_start || type == event::Element::section_full) {
    begin.name = as_text(cursor.counted("name"));
    begin.instance = cursor.be<std::uint32_t>("instance");
    begin.version = cursor.be<std::uint32_t>("version");
    if (cursor.is_short()) return cursor.shortage(path);
    if (body_kind(begin.name, type) == event::BodyKind::ram && begin.version != 4)
      return cursor.place(
          broken(event::Rule::ram_version, "version 4 of `ram`", fmt::to_string(begin.version)), path);
  } else {
    if (cursor.is_short()) return cursor.shortage(path);
    const event::OpenSection* open = session_.section(begin.id);
    if (open == nullptr)
      return cursor.place(broken(event::Rule::section_known, "the id of a section that was started",
                                 fmt::to_string(begin.id)),
                          path);
    begin.name = open->name;
    begin.instance = open->instance;
    begin.version = open->version;
  }
  return begin_body(begin, cursor.at());
}

Result<event::Event> Reader::begin_body(event::SectionBegin begin, std::size_t size) {
  // The header is read again where more is needed to tell whether there are footers.
  if (noted_at_ != input_.offset()) {
    if (auto status = session_.note(begin); !status)
      return place(std::move(status.error()), element_path("section", sections_));
    noted_at_ = input_.offset();
  }
  full_name_.assign(begin.name);
  section_ = begin;
  section_.name = begin.name = full_name_;
  pages_ = 0;
  const bool opens =
      begin.type == event::Element::section_start || begin.type == event::Element::section_full;
  kind_ = opens ? body_kind(begin.name, begin.type) : session_.section(begin.id)->kind;
  blocks_pending_ = opens && kind_ == event::BodyKind::ram;
  ++sections_;
  if (kind_ != event::BodyKind::device) {
    state_ = kind_ == event::BodyKind::ram ? State::ram : State::iterative;
    return take(begin, size);
  }
  if (!footers_) {
    if (auto status = decide_footers(size); !status) return --sections_, std::move(status.error());
  }
  if (*footers_) {
    state_ = State::device;
    return take(begin, size);
  }
  if (begin.type != event::Element::section_full)
    return place(broken(event::Rule::end_known, "an iterative section whose end can be known",
                        fmt::format("{:?}", begin.name)),
                 section_path());
  if (tail_.empty()) {
    --sections_;
    state_ = State::tail;
    return read_tail();
  }
  payload_ = tail_.front();
  tail_.pop_front();
  payload_ends_body_ = true;
  state_ = payload_ > 0 ? State::payload : State::footer;
  return take(begin, size);
}

Result<event::Event> Reader::read_footer() {
  event::Cursor cursor(input_);
  const int next = cursor.peek();
  if (!footers_) {
    if (next < 0 && !input_.finished()) return starved(section_path());
    footers_ = next == static_cast<int>(event::Element::section_footer);
  }
  if (*footers_) {
    const auto type = cursor.be<std::uint8_t>("footer");
    if (!cursor.is_short() && type != static_cast<std::uint8_t>(event::Element::section_footer))
      return cursor.refuse_bytes(Errc::missing_end_mark, section_path(), "7e", 5);
    const auto id = cursor.be<std::uint32_t>("footer");
    if (cursor.is_short()) return cursor.shortage(section_path());
    if (id != section_.id)
      return cursor.refuse(Errc::missing_end_mark, section_path(),
                           fmt::format("the section's id {}", section_.id), fmt::to_string(id));
  }
  state_ = State::element;
  scanned_ = 0;
  loose_.reset();
  return take(event::SectionEnd{*footers_}, cursor.at());
}

Result<event::Event> Reader::read_after_eof() {
  event::Cursor cursor(input_);
  if (cursor.peek() < 0) {
    if (!input_.finished()) return starved("QEVM");
    state_ = State::end;
    return take(event::StreamEnd{}, 0);
  }
  state_ = State::rest;
  if (cursor.peek() != static_cast<int>(event::Element::description)) return read_rest();
  cursor.bytes(1, "description");
  const auto size = cursor.be<std::uint32_t>("description");
  if (!cursor.is_short() && size > limits_.max_description)
    return cursor.refuse(Errc::limit, "QEVM",
                         fmt::format("a description of at most {} bytes", limits_.max_description),
                         fmt::to_string(size));
  const ByteView json = cursor.bytes(size, "description");
  if (cursor.is_short()) {
    state_ = State::after_eof;
    return cursor.shortage("QEVM");
  }
  element_ = "QEVM.description";
  return take(event::DescriptionText{json}, cursor.at());
}

Result<event::Event> Reader::read_rest() {
  element_ = "QEVM";
  const ByteView view = input_.view();
  if (view.empty()) {
    if (!input_.finished()) return starved("QEVM");
    state_ = State::end;
    return take(event::StreamEnd{}, 0);
  }
  return take(event::TrailingData{view, rest_is_device_state_}, view.size());
}

}  // namespace qember::qevm
