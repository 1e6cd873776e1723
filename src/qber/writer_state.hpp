// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the writer of BER remembers, and what it does with each event.
#pragma once

#include "extension.hpp"

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event_order.hpp>
#include <qember/advanced/qber/writer.hpp>

namespace qember::qber {

struct Writer::State {
  State(const event::Context& context, SectionWriter& writer, const Limits& limits, WriterOptions options)
      : context(context),
        writer(writer),
        limits(limits),
        options(options),
        would_lose_types(!options.opaque && !context.is_description_first()),
        head(limits) {}

  const event::Context& context;
  SectionWriter& writer;
  Limits limits;
  WriterOptions options;
  bool would_lose_types;  ///< no description would be there when device state is written
  event::Session head;    ///< what a reader of the output knows of the page size
  event::EventOrder order;

  std::shared_ptr<const device::Description> description;
  std::optional<device::DeviceMatcher> matcher;

  // The native section that is open.
  event::SectionBegin section;
  std::string section_name;
  std::uint64_t section_offset = 0;
  std::string section_path;  ///< empty where no section is open
  bool in_section = false;
  bool in_ram = false;
  bool began = false;   ///< something of it has been written
  bool in_min = false;  ///< a SecMin is open
  bool page_in_min = false;
  extension::SectionNote note;  ///< for the SecMin to come
  std::optional<event::RamBlocks> list;
  std::vector<event::RamBlock> listed;  ///< its blocks
  std::vector<std::uint64_t> list_controls;
  Bytes body;
  bool is_typed = false;   ///< the body is a value of a type that the schema adds
  bool streaming = false;  ///< the body is being written in segments
  std::optional<extension::Kind> streamed_rest;

  std::vector<std::string> block_names;  ///< as in the schema
  std::optional<std::uint32_t> last_block;
  std::optional<bool> footers;
  bool page_size_said = false;

  Status annotate(const extension::SectionNote& section_note) {
    if (section_note.empty()) return {};
    return put(extension::encode(section_note));
  }
  Status fits(std::size_t section_size, const Limits& as_read) const;
  Status put(Result<Bytes> section_der, const Limits& as_read);
  Status put(Result<Bytes> section_der) { return put(std::move(section_der), limits); }
  /// With the place in the native stream: of the section that is open, else of the event.
  Error place(Error error) const {
    error.offset = section_path.empty() ? context.offset() : section_offset;
    error.path = section_path.empty() ? context.path() : section_path;
    error.schema = {};
    return error;
  }

  // writer.cpp
  Status on(const event::StreamBegin&);
  Status on(const event::Configuration& configuration);
  Status on(const event::Command& command);
  Status on(const event::SectionBegin& begin);
  Status on(const event::RamBlocks& blocks);
  Status on(const event::RamControl& control);
  Status on(const event::RamPage& page);
  Status on(const event::MappedBitmap& bitmap);
  Status on(const event::MappedStale& stale);
  Status on(const event::Body& piece);
  Status on(const event::SchemaValue& value);
  Status on(const event::SectionEnd& end);
  Status on(const event::Eof&) { return {}; }
  Status on(const event::DescriptionText& text);
  Status on(const event::TrailingData& rest);
  Status on(const event::StreamEnd&);

  Status begin_blocks();
  Status annotate_blocks(extension::SectionNote about);
  Status begin_min();
  void end_min();
  Status compressed(const event::RamPage& page);
  Status append(ByteView data);
  Status begin_segments();
  Status end_body();
  Status device();
  Status typed_device();
  Status added_section(const event::SchemaValue& value);
  Status added_state(const event::SchemaValue& value);
  Status values(const device::Device& described, std::size_t tlvs, const extension::SectionNote& note_about);
  SectionFields fields() const;
  extension::SectionNote section_note() const;
};

}  // namespace qember::qber
