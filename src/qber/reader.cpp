// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../event/block_list.hpp"
#include "../event/native_position.hpp"
#include "../event/package.hpp"
#include "../event/ram_records.hpp"
#include "../event/records.hpp"
#include "entry_sources.hpp"
#include "extension.hpp"

#include <qember/ber/header.hpp>
#include <qember/event/mapped_ram.hpp>
#include <qember/qber/reader.hpp>

#include "../qber/section_limits.hpp"

#include <fmt/format.h>

#include <array>
#include <deque>

namespace qember::qber {

using extension::Kind;
using extension::SectionNote;

struct Reader::State {
  State(io::Input& input, const Limits& limits)
      : input(input), reader(input, limits), limits(limits), session(limits) {}

  io::Input& input;
  SectionReader reader;
  Limits limits;
  event::Session session;

  /// Events that are ready; what they view stays until the reader is asked for more.
  std::deque<event::Event> ready;
  event::NativePosition position;  ///< behind these
  event::Package package;
  FullSection full;             ///< the one that `ready` views
  event::SectionBegin section;  ///< the one that began last; its name is `name`
  event::BodyKind kind = event::BodyKind::device;
  std::string name;
  event::Records records;  ///< of its body
  Bytes body;

  SectionNote note;  ///< for the section to come: what of it has not been used yet
  std::optional<device::Description> description;
  std::optional<device::DeviceMatcher> matcher;
  const device::Device* device = nullptr;  ///< which the description has for the section
  bool has_text = false;
  bool footers = true;
  bool at_head = true;        ///< nothing but the begin of the stream has been given out
  bool section_open = false;  ///< its end has not been given out yet: it may go on
  bool had_end = false;       ///< of a section
  bool in_ram = false;        ///< the open section is of RAM
  bool ended = false;         ///< the end mark has been given out, or is part of the rest
  bool has_rest = false;      ///< and some of what follows it
  event::DeviceForm form = event::DeviceForm::blob;

  std::map<std::string, std::uint32_t, std::less<>> block_names;  ///< as in the schema
  std::optional<std::uint32_t> block;
  std::optional<std::uint32_t> last_block;
  bool begins_block = false;
  bool page_in_min = false;
  /// In a mapped-ram file: where what has been given out ends.
  std::optional<std::uint64_t> mapped_at;
  std::optional<std::uint32_t> mapped_block;
  std::uint64_t bitmap_octets = 0;  ///< of that block
  std::optional<Kind> blob_kind;    ///< of a `qember` section that comes in segments

  Error refuse(Errc code, std::string_view component, std::string expected, std::string found) const {
    return {code, reader.offset(), reader.path() + std::string(component), std::move(expected),
            std::move(found)};
  }
  /// An error of a part that does not know where it stands.
  Error place(Error error, std::string_view component = {}) const {
    error.offset = reader.offset();
    error.path.insert(0, reader.path() + std::string(component));
    return error;
  }

  /// The same of one that has an offset, and a path within the contents.
  Error in_blob(Error error) const {
    error.path.insert(0, reader.path() + (error.path.empty() ? ".contents.oldblob" : ".contents.oldblob."));
    return error;
  }

  void give(event::Event event) {
    position.pass(event);
    ready.push_back(std::move(event));
  }
  /// It stands behind all that a mapped-ram file has at fixed places.
  void mark(std::uint64_t word) {
    give(event::RamControl{word});
    mapped_at.reset();
  }
  void end_section() {
    if (section_open) {
      give(event::SectionEnd{footers});
      had_end = true;
    }
    mapped_at.reset();
    mapped_block.reset();
    section_open = in_ram = false;
  }
  /// Ends the open section, before an element of that type at top level.
  Status end_before(event::Element type) {
    end_section();
    auto status = package.pass(type, position.octets());
    if (!status) return place(std::move(status.error()));
    return {};
  }
  Status end_stream() {
    if (ended) return {};
    if (auto status = end_before(event::Element::eof); !status) return status;
    ended = true;
    give(event::Eof{});
    return {};
  }

  Status on(const FileBegin&) {
    give(event::StreamBegin{});
    return {};
  }
  Status on(FullSection& section);
  Status on(const BlobBegin& begin);
  Status on(const BlobData& data);
  Status on(const BlobEnd&);
  Status on(const RamBegin& ram_begin);
  Status on(const RamBlockBegin& begin);
  Status on(const ram::PageView& view) {
    if (view.kind == ram::PageKind::hook) {
      mark(event::ram_flag::hook);
      return {};
    }
    event::RamPage page;
    auto status = page_of(view, page);
    if (status) give(page);
    return status;
  }
  Status page_of(const ram::PageView& view, event::RamPage& page);
  std::size_t next_pages(std::span<event::RamPage> room);
  Status on(const RamEnd&) { return check_note_used(); }
  Status on(const FileEnd&) {
    auto status = check_note_used();
    return status ? end_stream() : status;
  }
  Status on(const InputEnd&) {
    give(event::StreamEnd{});
    return {};
  }

  Status annotation_section(const asn1::SecFull& section);
  Status note_section(const asn1::SecFull& section);
  Status check_note_used() const;
  Status configuration(const asn1::SecFull& section);
  Status command(const asn1::SecFull& section);
  Status compressed(const asn1::SecFull& section);
  Status text(ByteView json);
  Status mapped_bitmap(const asn1::SecFull& section);
  Status mapped_stale(const asn1::SecFull& section);
  Status note_mapped(std::span<const event::RamBlock> blocks);
  Status advance_mapped(std::uint32_t to, std::uint64_t at, std::uint64_t size);
  Status part(Kind part, Integer id);
  Status body_piece(ByteView data, std::uint64_t offset);
  Status body_end() const;
  Status whole_body(ByteView blob);
  Status rest(Kind rest);
  Status rest_piece(ByteView data, bool device_state);
  Status no_footers();
  Status check_end_known(const event::SectionBegin& begun, event::BodyKind body) const;
  Status begin(const event::SectionBegin& section_begin, event::BodyKind body);
  Status marks(std::span<const std::uint64_t> words);
  Result<Kind> kind_of(const SectionFields& fields) const;
  Status begin_section(const SectionFields& fields, event::Element default_type);
  Status blocks(const asn1::SecFull& section);
  Status values(const FullSection& section);
  Status check_page(const event::RamPage& page) const;

  /// What was refused, whose parts are then passed over.
  enum class Refused : std::uint8_t { nothing, ram, block, blob } refused = Refused::nothing;
  bool in_sync = false;
  std::optional<Error> failed;  ///< the error that ended the reading
  bool is_refused(const SectionEvent& event);
  void recover(const SectionEvent& event, const Error& error);
};

Status Reader::State::on(FullSection& section) {
  full = std::move(section);
  if (full.fields.name == extension::section_name) {
    if (!full.tree)
      return refuse(Errc::limit, "", "a `qember` section of a usual size", "more values than allowed");
    return annotation_section(**full.tree);
  }
  const bool is_list = is_block_list(full.encoded.subspan(full.contents));
  if (is_list && !full.tree)
    return refuse(Errc::limit, ".contents.ramblid", fmt::format("at most {} RAM blocks", limits.max_blocks),
                  "more");
  if (auto status =
          begin_section(full.fields, is_list ? event::Element::section_start : event::Element::section_full);
      !status)
    return status;
  if (is_list) return blocks(**full.tree);
  if (in_ram) return refuse(Errc::bad_value, ".contents", "the list of RAM blocks", "something else");
  const bool is_blob =
      full.tree && (*full.tree)->contents().which() == asn1::SecFull::Contents::Which::oldblob;
  if (!is_blob) return values(full);
  form = event::DeviceForm::blob;
  return whole_body((*full.tree)->contents().as_oldblob());
}

Result<Kind> Reader::State::kind_of(const SectionFields& fields) const {
  const auto kind = fields.instanceid.as_unsigned();
  if (fields.versionid != Integer(extension::format_version))
    return refuse(Errc::unsupported, ".versionid", fmt::to_string(extension::format_version),
                  to_string(fields.versionid));
  if (!kind || *kind > extension::last_kind)
    return refuse(Errc::bad_annotation, ".instanceid", fmt::format("at most {}", extension::last_kind),
                  to_string(fields.instanceid));
  // A note may go on in the next one.
  if (static_cast<Kind>(*kind) != Kind::section)
    if (auto status = check_note_used(); !status) return std::move(status.error());
  return static_cast<Kind>(*kind);
}

Status Reader::State::annotation_section(const asn1::SecFull& section) {
  const auto kind = kind_of(full.fields);
  if (!kind) return kind.error();
  const ByteView blob = section.contents().as_oldblob();
  if (ended && *kind != Kind::trailing)
    return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  switch (*kind) {
    case Kind::section: return note_section(section);
    case Kind::configuration: return configuration(section);
    case Kind::command: return command(section);
    case Kind::description: return text(blob);
    case Kind::part:
    case Kind::end: {
      auto status = part(*kind, full.fields.sectionid);
      return status ? whole_body(blob) : status;
    }
    case Kind::compressed: return compressed(section);
    case Kind::mapped_bitmap: return mapped_bitmap(section);
    case Kind::mapped_stale: return mapped_stale(section);
    case Kind::trailing:
    case Kind::device_state: {
      auto status = rest(*kind);
      return status ? rest_piece(blob, *kind == Kind::device_state) : status;
    }
    case Kind::no_footers: return no_footers();
  }
  return {};
}

Status Reader::State::note_section(const asn1::SecFull& section) {
  auto read = extension::read_section_note(section);
  if (!read) return place(std::move(read.error()));
  if (note.empty()) {
    note = std::move(*read);
  } else if (note.blocks.empty() || !read->only_blocks()) {
    return check_note_used();
  } else {
    note.blocks.insert(note.blocks.end(), read->blocks.begin(), read->blocks.end());
  }
  if (note.blocks.size() > limits.max_blocks)
    return refuse(Errc::limit, "", fmt::format("notes on at most {} RAM blocks", limits.max_blocks), "more");
  const auto page_size = std::exchange(note.page_size, {});
  if (!page_size) return {};
  auto status = session.note_page_size(*page_size);
  if (!status) return place(std::move(status.error()));
  return {};
}

/// What is said of a section goes for that one, or is wrong.
Status Reader::State::check_note_used() const {
  if (note.empty()) return {};
  return refuse(Errc::bad_annotation, "", "what the note before is about", "something else");
}

Status Reader::State::configuration(const asn1::SecFull& section) {
  auto read = extension::read_configuration(section);
  if (!read) return place(std::move(read.error()));
  if (!at_head)
    return place(broken(event::Rule::configuration_first, "the configuration before all else", "it later"));
  if (auto status = session.note(*read); !status) return place(std::move(status.error()));
  give(std::move(*read));
  return {};
}

Status Reader::State::command(const asn1::SecFull& section) {
  auto read = extension::read_command(section);
  if (!read) return place(std::move(read.error()));
  if (auto status = end_before(event::Element::command); !status) return status;
  auto status = session.note(*read);
  position.pass(*read);
  if (status && read->id == static_cast<std::uint16_t>(event::CommandId::packaged))
    status = package.begin(read->payload, position.octets());
  if (!status) return place(std::move(status.error()));
  ready.emplace_back(*read);
  return {};
}

Status Reader::State::text(ByteView json) {
  if (json.size() > limits.max_description)
    return refuse(Errc::limit, ".contents.oldblob",
                  fmt::format("a description of at most {} bytes", limits.max_description), "more");
  if (has_text) return refuse(Errc::wrong_order, "", "one description", "another");
  has_text = true;
  if (auto parsed = device::Description::parse(json, limits)) {
    description = std::move(*parsed);
    matcher.emplace(*description);
  }
  end_section();
  if (description && description->page_size()) {
    if (auto status = session.note_described_page_size(*description->page_size()); !status)
      return place(std::move(status.error()));
  }
  give(event::DescriptionText{json});
  return {};
}

Status Reader::State::part(Kind part, Integer id) {
  const auto number = id.as_unsigned();
  const event::OpenSection* open =
      number && *number <= 0xffffffff ? session.section(static_cast<std::uint32_t>(*number)) : nullptr;
  if (open == nullptr || open->kind == event::BodyKind::ram)
    return place(broken(event::Rule::section_known, "the id of a section that was started", to_string(id)),
                 ".sectionid");
  return begin({part == Kind::part ? event::Element::section_part : event::Element::section_end,
                static_cast<std::uint32_t>(*number), open->name, open->instance, open->version},
               open->kind);
}

/// A piece of the body of the open section, at `offset` of the input.
Status Reader::State::body_piece(ByteView data, std::uint64_t offset) {
  if (auto status = records.take(data, offset); !status) return in_blob(std::move(status.error()));
  give(event::Body{data});
  return {};
}

Status Reader::State::body_end() const {
  if (auto status = records.end(); !status) return in_blob(std::move(status.error()));
  return {};
}

/// All of a body that is the one string of `full`.
Status Reader::State::whole_body(ByteView blob) {
  ber::Header header;
  ber::parse_header(full.encoded.subspan(full.contents), header);
  auto status = body_piece(blob, reader.offset() + full.contents + header.size);
  return status ? body_end() : status;
}

Status Reader::State::rest(Kind rest) {
  if (rest == Kind::trailing) return end_stream();
  if (auto status = end_before(event::Element::section_full); !status) return status;
  if (had_end && footers)
    return refuse(Errc::wrong_order, "", "sections with footers, as before", "sections without");
  if (has_text) return refuse(Errc::wrong_order, "", "no description but the one in it", "one before");
  ended = true;
  return {};
}

/// What follows begins otherwise than a description, which is a section of its own, and device state with the
/// header of a section.
Status Reader::State::rest_piece(ByteView data, bool device_state) {
  if (!data.empty() && !std::exchange(has_rest, true)) {
    const auto first = static_cast<event::Element>(data[0]);
    if (device_state && first != event::Element::section_full)
      return refuse(Errc::bad_annotation, ".contents.oldblob", "the header of a section", "other bytes");
    if (!device_state && !has_text && first == event::Element::description)
      return refuse(Errc::bad_annotation, ".contents.oldblob", "what is no description", "06");
  }
  give(event::TrailingData{data, device_state});
  return {};
}

/// All sections have footers, or none has.
Status Reader::State::no_footers() {
  if (had_end && footers)
    return refuse(Errc::wrong_order, "", "sections with footers, as before", "sections without");
  if (section_open) {
    if (auto status = check_end_known(section, kind); !status) return status;
  }
  footers = false;
  return {};
}

/// Without footers.
Status Reader::State::check_end_known(const event::SectionBegin& begun, event::BodyKind body) const {
  if (body != event::BodyKind::device || begun.type == event::Element::section_full) return {};
  return place(broken(event::Rule::end_known, "an iterative section whose end can be known",
                      fmt::format("{:?}", begun.name)));
}

/// What is refused does not begin.
Status Reader::State::begin(const event::SectionBegin& section_begin, event::BodyKind body) {
  if (auto status = end_before(section_begin.type); !status) return status;
  if (!footers) {
    if (auto status = check_end_known(section_begin, body); !status) return status;
  }
  if (auto status = session.note(section_begin); !status) return place(std::move(status.error()));
  name = section_begin.name;
  section = section_begin;
  section.name = name;
  kind = body;
  section_open = true;
  in_ram = body == event::BodyKind::ram;
  // Every FULL takes its device, whatever it holds: what wrote it has counted the same way.
  const bool takes = !in_ram && section.type == event::Element::section_full && matcher;
  device = takes ? matcher->match(section.name, section.instance) : nullptr;
  records.begin(body, section.name, reader.offset());
  give(section);
  return {};
}

/// `default_type`: what the section is without a note.
Status Reader::State::begin_section(const SectionFields& fields, event::Element default_type) {
  if (ended) return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  constexpr std::uint64_t most = 0xffffffff;
  const auto fits = [](Integer value) { return value.as_unsigned() && *value.as_unsigned() <= most; };
  if (!fits(fields.sectionid))
    return refuse(Errc::constraint, ".sectionid", "32 bits", to_string(fields.sectionid));
  if (!fits(fields.instanceid))
    return refuse(Errc::constraint, ".instanceid", "32 bits", to_string(fields.instanceid));
  if (!fits(fields.versionid))
    return refuse(Errc::constraint, ".versionid", "32 bits", to_string(fields.versionid));
  const std::string called = note.name ? std::string(as_text(*note.name)) : fields.name;
  note.name.reset();
  if (called.size() > limits.max_name)
    return refuse(Errc::constraint, ".name", fmt::format("at most {} octets", limits.max_name),
                  fmt::to_string(called.size()));
  const event::SectionBegin named{std::exchange(note.type, {}).value_or(default_type),
                                  static_cast<std::uint32_t>(fields.sectionid.bits()), called,
                                  static_cast<std::uint32_t>(fields.instanceid.bits()),
                                  static_cast<std::uint32_t>(fields.versionid.bits())};
  if (named.type != event::Element::section_start && named.type != event::Element::section_full)
    return refuse(Errc::bad_annotation, "", "START or FULL for a section with a name", "another type");
  constexpr std::uint32_t ram_version = 4;
  const event::BodyKind body = body_kind(called, named.type);
  if (body == event::BodyKind::ram && named.version != ram_version)
    return place(broken(event::Rule::ram_version, "version 4 of `ram`", fmt::to_string(named.version)),
                 ".versionid");
  if (body != event::BodyKind::ram) {
    if (auto status = check_note_used(); !status) return status;
  }
  return begin(named, body);
}

Status Reader::State::blocks(const asn1::SecFull& section) {
  const auto list = section.contents().as_ramblid();
  if (!in_ram)
    return refuse(Errc::bad_value, ".contents", "the contents of a section other than `ram`", "RAM blocks");
  std::vector<event::RamBlock> blocks;
  decltype(block_names) names;
  for (const auto entry : list.blocks()) {
    const auto length = entry.len().as_unsigned();
    if (!length)
      return refuse(Errc::constraint, ".contents.ramblid", "lengths of 0 or more", to_string(entry.len()));
    if (!names.emplace(std::string(entry.name()), static_cast<std::uint32_t>(blocks.size())).second)
      return place(broken(event::Rule::block_names, "RAM blocks with different names",
                          fmt::format("{:?} twice", entry.name())),
                   ".contents.ramblid");
    blocks.push_back({std::string(entry.name()), *length, {}, {}, {}});
  }
  for (const extension::BlockNote& about : std::exchange(note.blocks, {})) {
    if (about.index >= blocks.size())
      return refuse(Errc::bad_annotation, "", "a note on a RAM block of the list",
                    fmt::to_string(about.index));
    event::RamBlock& named = blocks[about.index];
    if (about.page_size) named.page_size = about.page_size;
    if (about.address) named.address = about.address;
    if (about.mapped) named.mapped = about.mapped;
    if (about.name) named.name = as_text(*about.name);
  }
  for (const event::RamBlock& each : blocks) {
    if (each.name.size() > limits.max_name)
      return refuse(Errc::constraint, ".contents.ramblid",
                    fmt::format("names of at most {} octets", limits.max_name),
                    fmt::to_string(each.name.size()));
  }
  const auto total = list.totalram().as_unsigned();
  if (!total || (*total & (event::min_page_size - 1)) != 0)
    return refuse(Errc::constraint, ".contents.ramblid.totalram", "a multiple of 256",
                  to_string(list.totalram()));
  if (auto status = note_mapped(blocks); !status) return status;
  if (auto status = event::check_block_list(session, blocks); !status)
    return place(std::move(status.error()), ".contents.ramblid");
  const std::uint64_t in_file = event::mapped_size(blocks);
  if (in_file > limits.max_mapped_ram)
    return refuse(Errc::limit, ".contents.ramblid.totalram",
                  fmt::format("at most {} in a mapped-ram file", limits.max_mapped_ram),
                  fmt::to_string(in_file));
  if (auto status = session.open_blocks(*total, std::move(blocks)); !status)
    return place(std::move(status.error()));
  block_names = std::move(names);
  if (!session.blocks().empty() && session.blocks().front().mapped)
    mapped_at = session.blocks().front().mapped->bitmap_offset;
  give(event::RamBlocks{*total, session.blocks()});
  if (auto status = marks(std::exchange(note.marks, {})); !status) return status;
  return check_note_used();
}

/// Records without a page, that stand before the first page.
Status Reader::State::marks(std::span<const std::uint64_t> words) {
  for (const std::uint64_t word : words)
    if (!event::ram_flag::is_mark(word, session.page_size_or_default()))
      return refuse(Errc::bad_annotation, "", "a record without a page", fmt::format("{:#x}", word));
  for (const std::uint64_t word : words) mark(word);
  return {};
}

/// Device state as values: the description gives back what BER has lost, the widths.
Status Reader::State::values(const FullSection& full_section) {
  if (section.type != event::Element::section_full && matcher)
    device = matcher->match(section.name, section.instance);
  if (device == nullptr)
    return refuse(Errc::description_mismatch, ".contents.vmstate", "a blob, where no description came before",
                  "values");
  form = event::DeviceForm::values;
  body.clear();
  Status status;
  if (full_section.tree) {
    TreeSource source((*full_section.tree)->contents().as_vmstate().as_vmstateentries(), full_section.encoded,
                      reader.offset(), reader.path());
    status = write_state(*device, source, body);
  } else {
    BytesSource source(full_section.encoded, reader.offset(), reader.path());
    status = write_state(*device, source, body);
  }
  if (!status) return status;
  // Of an iterable the records must be right all the same; where they are in the values nothing tells.
  status = records.take(body, 0);
  if (status) status = records.end();
  if (!status) {
    status.error().path = ".contents.vmstate";
    return place(std::move(status.error()));
  }
  give(event::Body{body});
  return {};
}

Status Reader::State::on(const BlobBegin& begin) {
  blob_kind.reset();
  if (begin.fields.name != extension::section_name) {
    form = event::DeviceForm::blob;
    if (auto status = begin_section(begin.fields, event::Element::section_full); !status) return status;
    if (in_ram) return refuse(Errc::bad_value, ".contents", "the list of RAM blocks", "a blob");
    return {};
  }
  const auto kind_of_blob = kind_of(begin.fields);
  if (!kind_of_blob) return kind_of_blob.error();
  blob_kind = *kind_of_blob;
  switch (*blob_kind) {
    case Kind::description: body.clear(); return {};
    case Kind::part:
    case Kind::end: return part(*blob_kind, begin.fields.sectionid);
    case Kind::trailing:
    case Kind::device_state: return rest(*blob_kind);
    default: return refuse(Errc::bad_annotation, ".contents", "values", "a long blob");
  }
}

Status Reader::State::on(const BlobData& data) {
  if (blob_kind == Kind::trailing || blob_kind == Kind::device_state) {
    return rest_piece(data.data, blob_kind == Kind::device_state);
  } else if (blob_kind == Kind::description) {
    const std::size_t room = limits.max_description - body.size();
    if (data.data.size() > room) {
      Error error = refuse(Errc::limit, ".contents.oldblob",
                           fmt::format("a description of at most {} octets", limits.max_description), "more");
      error.offset += room;
      return error;
    }
    body.insert(body.end(), data.data.begin(), data.data.end());
  } else {
    return body_piece(data.data, reader.offset());
  }
  return {};
}

Status Reader::State::on(const BlobEnd&) {
  if (blob_kind == Kind::description) return text(body);
  if (blob_kind == Kind::trailing || blob_kind == Kind::device_state) return {};
  return body_end();
}

Status Reader::State::on(const RamBegin& ram_begin) {
  const auto id = ram_begin.sectionid.as_unsigned();
  const event::OpenSection* open =
      id && *id <= 0xffffffff ? session.section(static_cast<std::uint32_t>(*id)) : nullptr;
  if (open == nullptr || open->kind != event::BodyKind::ram)
    return place(broken(event::Rule::section_known, "the id of a section `ram` that was started",
                        to_string(ram_begin.sectionid)),
                 ".sectionid");
  if (ended) return refuse(Errc::wrong_order, "", "the end of the file", "a section after the end mark");
  if (std::exchange(note.continues, false)) {
    if (!section_open || !in_ram || section.id != *id)
      return refuse(Errc::bad_annotation, ".sectionid", "the section that goes on",
                    to_string(ram_begin.sectionid));
  } else {
    const event::Element type = std::exchange(note.type, {}).value_or(event::Element::section_part);
    if (type != event::Element::section_part && type != event::Element::section_end)
      return refuse(Errc::bad_annotation, "", "PART or END for a section without a name", "another type");
    if (auto status = begin(
            {type, static_cast<std::uint32_t>(*id), open->name, open->instance, open->version}, open->kind);
        !status)
      return status;
  }
  if (auto status = marks(std::exchange(note.marks, {})); !status) return status;
  page_in_min = false;
  if (note.fill || note.names_block) return {};  // of the first page
  return check_note_used();
}

Status Reader::State::on(const RamBlockBegin& begin) {
  const auto found = block_names.find(begin.name);
  if (found == block_names.end())
    return place(broken(event::Rule::block_known, "the name of a RAM block", fmt::format("{:?}", begin.name)),
                 ".name");
  block = found->second;
  begins_block = true;
  return {};
}

Status Reader::State::page_of(const ram::PageView& view, event::RamPage& page) {
  page.block = *block;
  page.addr = view.addr;
  page.data = view.data;
  page.lasting = input.holds(view.data);
  switch (view.kind) {
    case ram::PageKind::full: page.kind = event::RamPageKind::full; break;
    case ram::PageKind::xbzrle: page.kind = event::RamPageKind::xbzrle; break;
    default: page.kind = event::RamPageKind::zero; break;
  }
  page.names_block = begins_block && (page_in_min || page.block != last_block);
  if (!page_in_min) {
    page.names_block |= note.names_block;
    if (note.fill && page.kind != event::RamPageKind::zero)
      return refuse(Errc::bad_annotation, "", "a page of zeros to fill", "another page");
    page.fill = note.fill.value_or(0);
  }
  if (auto status = check_page(page); !status) return status;
  if (auto status = session.note(page); !status) return place(std::move(status.error()));
  if (mapped_at) {
    if (page.kind != event::RamPageKind::full)
      return refuse(Errc::unsupported, "", "a full page in a mapped-ram file", "another page");
    const std::uint64_t at = session.blocks()[page.block].mapped->pages_offset + page.addr;
    if (auto status = advance_mapped(page.block, at, page.data.size()); !status) return status;
  }
  note.names_block = false;
  note.fill.reset();
  begins_block = false;
  page_in_min = true;
  last_block = page.block;
  return {};
}

/// All of the blocks are mapped or none, follow one another, and have pages of one size.
Status Reader::State::note_mapped(std::span<const event::RamBlock> blocks) {
  std::uint64_t fields = position.octets() + sizeof(std::uint64_t);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].mapped.has_value() != blocks[0].mapped.has_value())
      return refuse(Errc::bad_annotation, "", "RAM blocks that are all mapped or none", "some");
    if (!blocks[i].mapped) continue;
    auto status = check_mapped_block(blocks[i], fields);
    if (status) status = session.note_page_size(blocks[i].mapped->page_size);
    if (!status) return place(std::move(status.error()));
    fields = event::mapped_end(blocks[i], fields);
  }
  return {};
}

/// What is written into a mapped-ram file comes in the order of its offsets.
Status Reader::State::advance_mapped(std::uint32_t to, std::uint64_t at, std::uint64_t size) {
  if (event::is_left_out(session.blocks()[to]))
    return refuse(Errc::bad_annotation, "", "a block that is in the mapped-ram file",
                  fmt::format("{:?}", session.blocks()[to].name));
  if (at < *mapped_at || (mapped_block && to < *mapped_block) || size > ~std::uint64_t{0} - at)
    return refuse(Errc::wrong_order, "", fmt::format("what comes at {} of the file or later", *mapped_at),
                  fmt::to_string(at));
  mapped_at = at + size;
  mapped_block = to;
  return {};
}

Status Reader::State::mapped_bitmap(const asn1::SecFull& section) {
  auto read = extension::read_mapped_bitmap(section);
  if (!read) return place(std::move(read.error()));
  if (!mapped_at || read->block >= session.blocks().size())
    return refuse(Errc::bad_annotation, "", "a block of a mapped-ram file", fmt::to_string(read->block));
  const event::RamBlock& block = session.blocks()[read->block];
  const std::uint64_t before = mapped_block == read->block ? bitmap_octets : 0;
  if (read->data.size() > event::mapped_bitmap_size(block) - before)
    return refuse(Errc::bad_annotation, "",
                  fmt::format("a bitmap of {} octets", event::mapped_bitmap_size(block)), "more");
  if (auto status = advance_mapped(read->block, block.mapped->bitmap_offset + before, read->data.size());
      !status)
    return status;
  bitmap_octets = before + read->data.size();
  give(*read);
  return {};
}

Status Reader::State::mapped_stale(const asn1::SecFull& section) {
  auto read = extension::read_mapped_stale(section);
  if (!read) return place(std::move(read.error()));
  if (!mapped_at || read->block >= session.blocks().size())
    return refuse(Errc::bad_annotation, "", "a block of a mapped-ram file", fmt::to_string(read->block));
  const event::RamBlock& block = session.blocks()[read->block];
  const std::uint64_t page_size = block.mapped->page_size;
  if (read->addr >= block.length || read->addr % page_size != 0 || read->data.size() != page_size)
    return refuse(Errc::page_outside_block, "", "a page of the block", fmt::format("{:#x}", read->addr));
  if (auto status = advance_mapped(read->block, block.mapped->pages_offset + read->addr, read->data.size());
      !status)
    return status;
  give(*read);
  return {};
}

Status Reader::State::check_page(const event::RamPage& page) const {
  const std::uint64_t size = session.page_size_or_default();
  if (page.kind == event::RamPageKind::full && page.data.size() != size)
    return refuse(Errc::constraint, ".fullpage.data", fmt::format("a page of {} octets", size),
                  fmt::to_string(page.data.size()));
  const std::uint64_t most = event::ram_flag::max_delta(size);
  if (page.kind == event::RamPageKind::xbzrle && page.data.size() > most)
    return place(
        broken(event::Rule::delta_fits, fmt::format("at most {}", most), fmt::to_string(page.data.size())),
        ".xbzrle.data");
  return {};
}

Status Reader::State::compressed(const asn1::SecFull& section) {
  auto read = extension::read_compressed(section);
  if (!read) return place(std::move(read.error()));
  if (!section_open || !in_ram)
    return refuse(Errc::bad_annotation, "", "a section of RAM to go on with", "none");
  if (read->block >= session.blocks().size())
    return place(broken(event::Rule::block_known, "a RAM block of the list", fmt::to_string(read->block)));
  const std::uint64_t size = session.page_size_or_default();
  if (size <= event::ram_flag::compress_page)
    return refuse(Errc::bad_annotation, "",
                  fmt::format("no compressed page, where pages have {} octets", size), "one");
  if (const std::uint64_t most = event::ram_flag::max_compressed(size); read->data.size() > most)
    return place(broken(event::Rule::compressed_fits, fmt::format("at most {}", most),
                        fmt::to_string(read->data.size())));
  const bool names_block = read->names_block || read->block != last_block;
  const event::RamPage page{
      event::RamPageKind::compressed, 0, names_block, read->block, read->addr, read->data, false};
  if (auto status = session.note(page); !status) return place(std::move(status.error()));
  last_block = page.block;
  give(page);
  return {};
}

/// Those that go on in a block, and that `page_of` would have nothing to say to.
std::size_t Reader::State::next_pages(std::span<event::RamPage> room) {
  if (!page_in_min || begins_block || !block || mapped_at) return 0;
  std::array<ram::PageView, 64> views;
  const std::size_t peeked = reader.peek_pages(std::span(views).first(std::min(views.size(), room.size())));
  const std::uint64_t size = session.page_size_or_default();
  const std::uint64_t length = session.blocks()[*block].length;
  std::size_t count = 0;
  for (; count < peeked; ++count) {
    const ram::PageView& view = views[count];
    if (view.addr >= length || (view.addr & (size - 1)) != 0) break;
    event::RamPage& page = room[count];
    page = {event::RamPageKind::zero, 0, false, *block, view.addr, view.data, true};
    if (view.kind == ram::PageKind::full) {
      if (view.data.size() != size) break;
      page.kind = event::RamPageKind::full;
    } else if (view.kind == ram::PageKind::xbzrle) {
      if (view.data.size() > event::ram_flag::max_delta(size)) break;
      page.kind = event::RamPageKind::xbzrle;
    }
  }
  reader.take_pages(count);
  for (const event::RamPage& page : room.first(count)) position.pass(page);
  return count;
}

Reader::Reader(io::Input& input, const Limits& limits) : state_(std::make_unique<State>(input, limits)) {}
Reader::~Reader() = default;

/// Whether that is a part of what was refused.
bool Reader::State::is_refused(const SectionEvent& event) {
  const bool is_page = std::holds_alternative<ram::PageView>(event);
  switch (std::exchange(refused, Refused::nothing)) {
    case Refused::nothing: return false;
    case Refused::block:
      if (!is_page) return false;
      refused = Refused::block;
      return true;
    case Refused::ram:
      if (!is_page && !std::holds_alternative<RamBlockBegin>(event)) return false;
      refused = Refused::ram;
      return true;
    case Refused::blob:
      if (!std::holds_alternative<BlobEnd>(event)) refused = Refused::blob;
      return true;
  }
  return false;
}

/// After an error with that event: BER itself goes on, and with it what does not need the event.
void Reader::State::recover(const SectionEvent& event, const Error& error) {
  note = {};
  if (std::holds_alternative<RamBegin>(event)) refused = Refused::ram;
  if (std::holds_alternative<RamBlockBegin>(event)) refused = Refused::block;
  if (std::holds_alternative<BlobBegin>(event) || std::holds_alternative<BlobData>(event))
    refused = Refused::blob;
  const bool is_list = std::holds_alternative<FullSection>(event) && full.fields.name == "ram";
  const bool lacks_blocks = (in_ram || is_list) && session.blocks().empty();
  in_sync = !lacks_blocks && error.code != Errc::unsupported && error.code != Errc::limit;
  if (!in_sync) failed = error;
}

Result<event::Event> Reader::next() {
  if (state_->failed) return *state_->failed;
  state_->in_sync = false;
  if (state_->ready.empty() && state_->refused == State::Refused::nothing) {
    // Most events are pages: these take the short way.
    if (ram::PageView view; state_->reader.peek_pages({&view, 1}) == 1) {
      state_->reader.take_pages(1);
      event::RamPage page;
      if (auto status = state_->page_of(view, page); !status) {
        state_->recover(view, status.error());
        return std::move(status.error());
      }
      state_->position.pass(page);
      return event::Event(page);
    }
  }
  while (state_->ready.empty()) {
    auto event = state_->reader.next();
    if (!event) return std::move(event.error());
    if (state_->is_refused(*event)) continue;
    if (auto status = std::visit([this](auto& each) { return state_->on(each); }, *event); !status) {
      state_->recover(*event, status.error());
      return std::move(status.error());
    }
  }
  event::Event event = std::move(state_->ready.front());
  state_->ready.pop_front();
  state_->at_head = std::holds_alternative<event::StreamBegin>(event);
  return event;
}

std::size_t Reader::next_pages(std::span<event::RamPage> room) {
  return !state_->failed && state_->refused == State::Refused::nothing && state_->ready.empty()
             ? state_->next_pages(room)
             : 0;
}

bool Reader::in_sync() const { return state_->in_sync; }
std::uint64_t Reader::offset() const { return state_->reader.offset(); }
std::string Reader::path() const { return state_->reader.path(); }
const event::Session& Reader::session() const { return state_->session; }
std::optional<event::DeviceForm> Reader::device_form() const { return state_->form; }

}  // namespace qember::qber
