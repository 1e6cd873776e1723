// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the reader of BER remembers, each of it in a state of its own, and what it does with the sections.
#pragma once

#include "../event/package.hpp"
#include "block_cursor.hpp"
#include "current_section.hpp"
#include "described.hpp"
#include "event_queue.hpp"
#include "extension.hpp"
#include "mapped_position.hpp"
#include "passing_over.hpp"

#include <qember/advanced/qber/reader.hpp>

#include <array>

namespace qember::qber {

/// All sections have footers, or none has.
struct Footers {
  bool exist = true;
  bool decided = false;  ///< a section has ended

  bool may_be_absent() const { return !exist || !decided; }
};

/// What follows the sections.
struct Tail {
  bool begun = false;     ///< the end mark has been given out, or is part of what follows
  bool has_data = false;  ///< and some of that
  Bytes header;           ///< of device state: as much as the header of a section may take
};

struct Reader::State {
  State(io::Input& input, const Limits& limits, ReaderOptions options)
      : input(input),
        sections(input, limits, options.format ? *options.format : WireFormat::own()),
        limits(limits),
        options(options),
        session(limits),
        events(limits) {
    if (options.page_size) session.set_page_size(*options.page_size);
  }

  io::Input& input;
  SectionReader sections;
  Limits limits;
  ReaderOptions options;
  event::Session session;

  EventQueue events;
  /// What these view, besides the input.
  FullSection full;
  std::optional<asn1::Value<asn1::SecFull>> tree;  ///< of `full`, where that is read as one
  Bytes body;

  event::Package package;
  CurrentSection current;
  extension::SectionNote note;  ///< for the section to come: what of it has not been used yet
  Footers footers;
  Tail tail;
  Described described;
  event::DeviceForm form = event::DeviceForm::blob;
  BlockCursor cursor;
  std::array<ram::PageView, 64> views;  ///< room for `next_pages`, which some call for each page
  MappedPosition mapped;
  std::optional<extension::Kind> blob_kind;  ///< of a `qember` section that comes in segments
  PassingOver passing;
  bool in_sync = false;
  bool is_over = false;         ///< the file has ended, and what follows it is another's
  std::optional<Error> failed;  ///< the error that ended the reading

  // reader.cpp: events, and the end of sections and of the stream.
  Result<event::Event> next();
  Result<event::Event> next_page(const ram::PageView& view);
  void recover(const SectionEvent& event, const Error& error);
  Status on(const FileBegin&);
  Status on(FullSection& section);
  Status make_tree(std::string_view component, std::string expected, std::string found);
  Status on(const BlobBegin& begin);
  Status typed_state(const SectionFields& fields, const event::SchemaValue& value);
  Status check_blob() const;
  Status on(const BlobData& data);
  Status on(const BlobEnd&);
  Status on(const RamBegin& ram_begin);
  Status on(const RamBlockBegin& begin);
  Status on(const ram::PageView& view);
  Status on(const RamEnd&);
  Status on(const event::SchemaValue& value);
  Status on(const FileEnd&);
  Status on(const InputEnd&);
  void end_section();
  Status end_before(event::Element type);
  Status end_stream();

  // reader_sections.cpp: native sections, their bodies and blocks.
  Status begin(const event::SectionBegin& section_begin, event::BodyKind kind);
  Status begin_section(const SectionFields& fields, event::Element default_type);
  Status check_behind_devices(bool is_device) const;
  Status check_end_known(const event::SectionBegin& begun, event::BodyKind kind) const;
  Status body_piece(ByteView data, std::uint64_t offset);
  Status body_end() const;
  Status whole_body(ByteView blob);
  Status values();
  Result<std::vector<event::RamBlock>> read_blocks(const asn1::SecFull& section, BlockCursor::Names& names);
  Status describe_blocks(std::vector<event::RamBlock>& blocks);
  Status check_blocks(const asn1::SecFull& section, std::span<const event::RamBlock> blocks);
  Status note_mapped(std::span<const event::RamBlock> blocks);
  Status blocks(const asn1::SecFull& section);

  // reader_ram.cpp: pages and records without one.
  Status page_of(const ram::PageView& view, event::RamPage& page);
  Status check_page(const event::RamPage& page) const;
  Status compressed(const asn1::SecFull& section);
  std::size_t next_pages(std::span<event::RamPage> room);
  void control(std::uint64_t word);
  Status check_controls(std::span<const std::uint64_t> words) const;
  Status mapped_bitmap(const asn1::SecFull& section);
  Status mapped_stale(const asn1::SecFull& section);

  // reader_extension.cpp: the sections named `qember`.
  Status extension_section(const SectionFields& fields, const asn1::SecFull& section);
  Status extension_begin(const SectionFields& fields);
  Status check_kind(const SectionFields& fields) const;
  Status note_section(const asn1::SecFull& section);
  Status check_note_used() const;
  Status configuration(const asn1::SecFull& section);
  Status command(const asn1::SecFull& section);
  Status part(extension::Kind part, Integer id);
  Status description(ByteView json);
  Status description_piece(ByteView piece);
  Status begin_tail(extension::Kind kind);
  Status tail_piece(ByteView data, bool device_state);
  Status tail_end() const;
  Status no_footers();

  Error refuse(Errc code, std::string_view component, std::string expected, std::string found) const {
    return {code, sections.offset(), sections.path() + std::string(component), std::move(expected),
            std::move(found)};
  }
  /// An error of a part that does not know where it stands.
  Error place(Error error, std::string_view component = {}) const {
    error.offset = sections.offset();
    error.path.insert(0, sections.path() + std::string(component));
    return error;
  }
  Status placed(Status status, std::string_view component = {}) const {
    if (!status) return place(std::move(status.error()), component);
    return status;
  }
  /// The same of one that has an offset, and a path within the contents.
  Error in_blob(Error error) const {
    error.path.insert(0, sections.path() + (error.path.empty() ? ".contents.oldblob" : ".contents.oldblob."));
    return error;
  }
  /// Whether what was given would be read back otherwise, and that matters.
  bool not_native() const { return options.must_be_native && events.read_back.offence().has_value(); }
  /// Whether nothing of what `next` gives is to be asked for in another way first.
  bool may_look_ahead() const { return events.empty() && !passing.is_on(); }
};

}  // namespace qember::qber
