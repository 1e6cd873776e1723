// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../event/ram_records.hpp"
#include "entry_source.hpp"
#include "reader_state.hpp"
#include "section_limits.hpp"

#include <qember/advanced/ber/tlv.hpp>

#include <fmt/format.h>

namespace qember::qber {

using extension::Kind;

void Reader::State::end_section() {
  if (current.is_open()) {
    events.give(event::SectionEnd{footers.exist});
    footers.decided = true;
    if (package.ends_at(events.position())) events.read_back.end_package();
  }
  mapped.end_section();
  current.end();
}

/// Ends the open section, before an element of that type at top level.
Status Reader::State::end_before(event::Element type) {
  end_section();
  return placed(package.pass(type, events.position()));
}

Status Reader::State::end_stream() {
  if (tail.begun) return {};
  if (auto status = end_before(event::Element::eof); !status) return status;
  tail.begun = true;
  events.give(event::Eof{});
  return {};
}

Status Reader::State::on(const FileBegin&) {
  events.give(event::StreamBegin{});
  return {};
}

Status Reader::State::on(const FileEnd&) {
  if (auto status = check_note_used(); !status) return status;
  if (auto status = end_stream(); !status) return status;
  is_over = !options.must_end;
  return {};
}

Status Reader::State::on(const InputEnd&) {
  events.give(event::StreamEnd{});
  return {};
}

/// Refuses, in those words, what holds more values than a tree may.
Status Reader::State::make_tree(std::string_view component, std::string expected, std::string found) {
  const Limits most = section_limits(full.encoded.subspan(full.contents), limits);
  auto made = asn1::decode<asn1::SecFull>(full.encoded, most, sections.offset(), sections.path());
  if (made) {
    tree = std::move(*made);
    return {};
  }
  if (made.error().code != Errc::limit) return std::move(made.error());
  return refuse(Errc::limit, component, std::move(expected), std::move(found));
}

Status Reader::State::on(FullSection& section) {
  full = std::move(section);
  tree.reset();
  if (full.fields.name == extension::section_name) {
    if (extension::is_skipped(full.fields)) return {};
    if (full.state)
      return refuse(Errc::bad_annotation, ".contents", "values or a blob", "a type that the schema adds");
    auto status = make_tree("", "a `qember` section of a usual size", "more values than allowed");
    return status ? extension_section(full.fields, **tree) : status;
  }
  if (full.state) return typed_state(full.fields, *full.state);
  const ByteView contents = full.encoded.subspan(full.contents);
  const bool is_list = is_block_list(contents);
  if (is_list) {
    auto status =
        make_tree(".contents.ramblid", fmt::format("at most {} RAM blocks", limits.max_blocks), "more");
    if (!status) return status;
  }
  if (auto status =
          begin_section(full.fields, is_list ? event::Element::section_start : event::Element::section_full);
      !status)
    return status;
  if (is_list) return blocks(**tree);
  if (current.is_ram())
    return refuse(Errc::bad_value, ".contents", "the list of RAM blocks", "something else");
  if (is_entries(contents)) return values();
  if (ber::header_at(contents).tag != WireFormat::own().blob_tag())
    return refuse(Errc::unsupported, ".contents", "values or a blob", "a type that the schema adds");
  if (auto status = check_blob(); !status) return status;
  form = event::DeviceForm::blob;
  body.clear();
  return whole_body(string_bytes(contents, body));
}

/// The state of a device in a type that the schema adds, which needs no description.
Status Reader::State::typed_state(const SectionFields& fields, const event::SchemaValue& value) {
  if (auto status = begin_section(fields, event::Element::section_full); !status) return status;
  const bool is_device =
      current.header().type == event::Element::section_full && current.kind() == event::BodyKind::device;
  if (!is_device || current.is_known())
    return refuse(Errc::bad_value, ".contents", "a type that the schema adds for a device alone", "another");
  form = event::DeviceForm::values;
  events.give(value);
  return {};
}

/// Between two parts of RAM it ends nothing: the section may yet go on.
Status Reader::State::on(const event::SchemaValue& value) {
  if (tail.begun) return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  if (!current.is_ram()) end_section();
  events.give(value);
  return {};
}

Status Reader::State::on(const BlobBegin& begin) {
  blob_kind.reset();
  if (begin.fields.name == extension::section_name) return extension_begin(begin.fields);
  form = event::DeviceForm::blob;
  if (auto status = begin_section(begin.fields, event::Element::section_full); !status) return status;
  if (current.is_ram()) return refuse(Errc::bad_value, ".contents", "the list of RAM blocks", "a blob");
  return check_blob();
}

/// What the note says has values.
Status Reader::State::check_blob() const {
  if (!current.is_known()) return {};
  return refuse(Errc::bad_annotation, ".contents", "values, as the note before has it", "a blob");
}

Status Reader::State::on(const BlobData& data) {
  if (blob_kind == Kind::trailing || blob_kind == Kind::device_state)
    return tail_piece(data.data, blob_kind == Kind::device_state);
  if (blob_kind == Kind::description) return description_piece(data.data);
  return body_piece(data.data, sections.offset());
}

Status Reader::State::on(const BlobEnd&) {
  if (blob_kind == Kind::description) return description(body);
  if (blob_kind == Kind::device_state) return tail_end();
  if (blob_kind == Kind::trailing) return {};
  return body_end();
}

/// After an error with that event: BER itself goes on, and with it what does not need the event.
void Reader::State::recover(const SectionEvent& event, const Error& error) {
  note = {};
  passing.begin(event);
  const bool is_list = std::holds_alternative<FullSection>(event) && full.fields.name == "ram";
  const bool lacks_blocks = (current.is_ram() || is_list) && session.blocks().empty();
  in_sync = !lacks_blocks && !not_native() && error.code != Errc::unsupported && error.code != Errc::limit;
  if (!in_sync) failed = error;
}

/// The short way of a page: no queue.
Result<event::Event> Reader::State::next_page(const ram::PageView& view) {
  event::RamPage page;
  if (auto status = page_of(view, page); !status) {
    recover(view, status.error());
    return std::move(status.error());
  }
  events.pass(page);
  return event::Event(page);
}

Result<event::Event> Reader::State::next() {
  if (failed) return *failed;
  in_sync = false;
  if (may_look_ahead()) {
    // Most events are pages.
    if (ram::PageView view; sections.peek_pages({&view, 1}) == 1) {
      sections.take_pages(1);
      return next_page(view);
    }
  }
  while (events.empty()) {
    if (is_over) return event::Event(event::StreamEnd{});
    auto event = sections.next();
    if (!event) return std::move(event.error());
    if (passing.covers(*event)) continue;
    auto status = std::visit([this](auto& each) { return on(each); }, *event);
    if (status && not_native()) status = *events.read_back.offence();
    if (!status) {
      recover(*event, status.error());
      return std::move(status.error());
    }
  }
  return events.take();
}

Reader::Reader(io::Input& input, const Limits& limits, ReaderOptions options)
    : state_(std::make_unique<State>(input, limits, options)) {}
Reader::~Reader() = default;

Result<event::Event> Reader::next() { return state_->next(); }

std::size_t Reader::next_pages(std::span<event::RamPage> room) {
  return !state_->failed && state_->may_look_ahead() ? state_->next_pages(room) : 0;
}

void Reader::go_to_page(std::size_t index) { state_->sections.go_to_page(index); }

bool Reader::in_sync() const { return state_->in_sync; }
std::uint64_t Reader::offset() const { return state_->sections.offset(); }
std::string Reader::path() const { return state_->sections.path(); }
const event::Session& Reader::session() const { return state_->session; }
std::optional<event::DeviceForm> Reader::device_form() const { return state_->form; }

}  // namespace qember::qber
