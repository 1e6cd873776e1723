// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../event/ram_records.hpp"
#include "extension.hpp"
#include "state_sinks.hpp"

#include <qember/ber/validate.hpp>
#include <qember/event/event_order.hpp>
#include <qember/qber/writer.hpp>

#include "../qber/section_limits.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

/// A string that is longer than `Limits::max_blob` is written in segments of this size, which depends on
/// nothing else, so that the output is the same for any chunking of the input.
constexpr std::size_t segment_size = std::size_t{64} << 10U;

/// A note says no more than this at once, so that a reader takes it whole; more notes say the rest. The
/// numbers depend on nothing else, for the same reason.
constexpr std::size_t most_marks = 256;
constexpr std::size_t most_block_notes = 1024;

/// Of a page that the schema has an element for.
ram::PageKind kind_of(event::RamPageKind kind) {
  switch (kind) {
    case event::RamPageKind::full: return ram::PageKind::full;
    case event::RamPageKind::xbzrle: return ram::PageKind::xbzrle;
    default: return ram::PageKind::zero;
  }
}

void set_fields(asn1::SecFull full, const SectionFields& fields) {
  full.set_name(fields.name);
  full.set_sectionid(fields.sectionid);
  full.set_instanceid(fields.instanceid);
  full.set_versionid(fields.versionid);
}

}  // namespace

using extension::Kind;
using extension::SectionNote;

struct Writer::State {
  State(const event::Context& context, SectionWriter& writer, const Limits& limits, WriterOptions options)
      : context(context), writer(writer), limits(limits), options(options), head(limits) {}

  const event::Context& context;
  SectionWriter& writer;
  Limits limits;
  WriterOptions options;
  event::Session head;  ///< what a reader of the output knows of the page size
  event::EventOrder order;

  std::optional<device::Description> description;
  std::optional<device::DeviceMatcher> matcher;

  // The native section that is open.
  event::SectionBegin section;
  std::string section_name;
  std::uint64_t section_offset = 0;
  std::string section_path;  ///< empty where no section is open
  bool in_ram = false;
  bool began = false;   ///< something of it has been written
  bool in_min = false;  ///< a SecMin is open
  bool page_in_min = false;
  SectionNote note;  ///< for the SecMin to come
  std::optional<event::RamBlocks> list;
  std::vector<event::RamBlock> listed;  ///< its blocks
  std::vector<std::uint64_t> list_marks;
  Bytes body;
  bool streaming = false;  ///< the body is being written in segments
  std::optional<Kind> streamed_rest;

  std::vector<std::string> block_names;  ///< as in the schema
  std::optional<std::uint32_t> last_block;
  std::optional<bool> footers;
  bool page_size_said = false;

  Status annotate(const SectionNote& section_note) {
    if (section_note.empty()) return {};
    return put(extension::encode(section_note));
  }
  Status put(Result<Bytes> section_der, const Limits& as_read);
  Status put(Result<Bytes> section_der) { return put(std::move(section_der), limits); }
  /// With the place in the native stream: of the section that is open, else of the event.
  Error place(Error error) const {
    error.offset = section_path.empty() ? context.offset() : section_offset;
    error.path = section_path.empty() ? context.path() : section_path;
    error.schema = {};
    return error;
  }

  Status on(const event::StreamBegin&) {
    writer.begin_file();
    return {};
  }
  Status on(const event::Configuration& configuration) {
    if (auto status = head.note(configuration); !status) return status;
    return put(extension::encode(configuration));
  }
  Status on(const event::Command& command) {
    if (auto status = head.note(command); !status) return status;
    return put(extension::encode(command));
  }
  Status on(const event::SectionBegin& begin);
  Status on(const event::RamBlocks& blocks);
  Status on(const event::RamControl& mark);
  Status on(const event::RamPage& page);
  Status on(const event::MappedBitmap& bitmap);
  Status on(const event::MappedStale& stale);
  Status on(const event::Body& piece) { return append(piece.data); }
  Status on(const event::SectionEnd& end);
  Status on(const event::Eof&) { return {}; }
  Status on(const event::DescriptionText& text);
  Status on(const event::TrailingData& rest);
  Status on(const event::StreamEnd&);

  Status begin_blocks();
  Status annotate_blocks(SectionNote about);
  Status begin_min();
  void end_min();
  Status compressed(const event::RamPage& page);
  Status append(ByteView data);
  Status begin_segments();
  Status end_body();
  Status device();
  SectionFields fields() const;
  SectionNote section_note() const;
};

/// Writes a section, which is one that a reader with these limits takes.
Status Writer::State::put(Result<Bytes> section_der, const Limits& as_read) {
  static constexpr const ber::Type& full_type = wire::type("SecFull");
  if (!section_der) return place(std::move(section_der.error()));
  if (section_der->size() > as_read.max_section) {
    std::string most = fmt::format("what takes at most {} bytes in BER", as_read.max_section);
    return place({Errc::limit, 0, {}, std::move(most), fmt::to_string(section_der->size())});
  }
  if (auto taken = ber::validate(*section_der, generated::schema, full_type, as_read); !taken)
    return place(std::move(taken.error()));
  writer.section(std::move(*section_der));
  return {};
}

Status Writer::State::on(const event::SectionBegin& begin) {
  section_name = begin.name;
  section_offset = context.offset();
  section_path = context.path();
  section = begin;
  section.name = section_name;
  in_ram = body_kind(begin.name, begin.type) == event::BodyKind::ram;
  began = streaming = false;
  list.reset();
  list_marks.clear();
  body.clear();
  note = {};
  if (begin.type == event::Element::section_end) note.type = begin.type;
  return {};
}

Status Writer::State::on(const event::RamBlocks& blocks) {
  listed.assign(blocks.blocks.begin(), blocks.blocks.end());
  list = {blocks.total, listed};
  block_names.clear();
  for (const event::RamBlock& block : blocks.blocks)
    block_names.push_back(extension::stand_in(as_bytes(block.name), block_names.size()));
  last_block.reset();
  return {};
}

/// Writes the list of RAM blocks, once it is known what stands between it and the section's end.
Status Writer::State::begin_blocks() {
  SectionNote about;
  if (section.type == event::Element::section_full) about.type = section.type;
  about.marks = std::move(list_marks);
  auto full = asn1::Value<asn1::SecFull>::make();
  set_fields(*full, {section_name, section.id, section.instance, section.version});
  auto ramblid = full->contents().make_ramblid();
  ramblid.set_totalram(list->total);
  auto blocks = ramblid.blocks();
  for (std::uint32_t i = 0; i < list->blocks.size(); ++i) {
    const event::RamBlock& block = list->blocks[i];
    auto entry = blocks.append();
    entry.set_name(block_names[i]);
    entry.set_len(block.length);
    extension::BlockNote block_note{i, block.page_size, block.address, {}, block.mapped};
    if (extension::needs_stand_in(as_bytes(block.name)))
      block_note.name = Bytes(block.name.begin(), block.name.end());
    if (block_note.page_size || block_note.address || block_note.name || block_note.mapped)
      about.blocks.push_back(std::move(block_note));
  }
  list.reset();
  began = true;
  note.continues = true;
  if (auto status = annotate_blocks(std::move(about)); !status) return status;
  return put(asn1::encode(*full), section_limits(tags::block_list.view(), limits));
}

/// The first note says all else that there is to say.
Status Writer::State::annotate_blocks(SectionNote about) {
  const auto blocks = std::exchange(about.blocks, {});
  for (std::size_t at = 0; at == 0 || at < blocks.size(); at += most_block_notes, about = {}) {
    const auto part = std::span(blocks).subspan(at).first(std::min(most_block_notes, blocks.size() - at));
    about.blocks.assign(part.begin(), part.end());
    if (auto status = annotate(about); !status) return status;
  }
  return {};
}

Status Writer::State::begin_min() {
  if (auto status = annotate(note); !status) return status;
  note = {};
  note.continues = true;
  writer.begin_ram(section.id);
  began = in_min = true;
  page_in_min = false;
  return {};
}

void Writer::State::end_min() {
  if (in_min) writer.end_ram();
  in_min = false;
}

Status Writer::State::on(const event::RamControl& mark) {
  if (list) {
    list_marks.push_back(mark.word);
    return list_marks.size() < most_marks ? Status() : begin_blocks();
  }
  // The schema has `hook`, but in a block; where there is none, and for any other mark, a note has it.
  if (mark.word == event::ram_flag::hook && in_min && writer.in_block()) {
    writer.page({ram::PageKind::hook, 0, {}});
    return {};
  }
  end_min();
  note.marks.push_back(mark.word);
  return note.marks.size() < most_marks ? Status() : begin_min();
}

Status Writer::State::on(const event::RamPage& page) {
  if (list) {
    if (auto status = begin_blocks(); !status) return status;
  }
  if (!page_size_said) {
    page_size_said = true;
    const std::uint64_t size = context.session().page_size_or_default();
    if (size != head.page_size_or_default()) {
      // What came before it was read without it.
      if (!note.marks.empty())
        if (auto status = begin_min(); !status) return status;
      end_min();
      note.page_size = size;
    }
  }
  if (page.kind == event::RamPageKind::compressed) return compressed(page);
  const bool same_block = page.block == last_block;
  const bool names_again = page.names_block && same_block && !(in_min && page_in_min);
  const bool fills = page.kind == event::RamPageKind::zero && page.fill != 0;
  if (in_min && (names_again || fills)) end_min();
  if (!in_min) {
    note.names_block = page.names_block && same_block;
    if (fills) note.fill = page.fill;
    if (auto status = begin_min(); !status) return status;
  }
  if (!page_in_min || page.names_block) writer.begin_block(block_names[page.block]);
  page_in_min = true;
  last_block = page.block;
  const ram::PageView view{kind_of(page.kind), page.addr, page.data};
  if (page.lasting) {
    writer.page(view);
  } else {
    writer.copy_page(view);
  }
  return {};
}

/// The schema has no such page: it goes into a section of its own, after the SecMin that begins its
/// native section.
Status Writer::State::compressed(const event::RamPage& page) {
  if (!began || !note.marks.empty() || note.page_size) {
    end_min();
    if (auto status = begin_min(); !status) return status;
  }
  end_min();
  const bool names_again = page.names_block && page.block == last_block;
  last_block = page.block;
  return put(extension::encode(extension::CompressedPage{page.block, page.addr, names_again, page.data}));
}

Status Writer::State::on(const event::MappedBitmap& bitmap) {
  if (list) {
    if (auto status = begin_blocks(); !status) return status;
  }
  end_min();
  return put(extension::encode(bitmap));
}

Status Writer::State::on(const event::MappedStale& stale) {
  end_min();
  return put(extension::encode(stale));
}

SectionFields Writer::State::fields() const {
  if (section.type == event::Element::section_part) return extension::fields(Kind::part, section.id);
  if (section.type == event::Element::section_end) return extension::fields(Kind::end, section.id);
  return {extension::stand_in(as_bytes(section_name), 0), section.id, section.instance, section.version};
}

SectionNote Writer::State::section_note() const {
  SectionNote about;
  if (section.type == event::Element::section_start) about.type = section.type;
  const bool has_name =
      section.type == event::Element::section_start || section.type == event::Element::section_full;
  if (has_name && extension::needs_stand_in(as_bytes(section_name)))
    about.name = Bytes(section_name.begin(), section_name.end());
  return about;
}

/// Collects a body up to the size of one string, then writes it in segments: what is written as it comes
/// can't wait for a `SectionCollector`.
Status Writer::State::append(ByteView data) {
  body.insert(body.end(), data.begin(), data.end());
  if (!streaming) {
    const bool described = section.type == event::Element::section_full && description && !streamed_rest;
    if (body.size() <= (described ? limits.max_section : limits.max_blob)) return {};
    if (auto status = begin_segments(); !status) return status;
  }
  std::size_t at = 0;
  for (; body.size() - at >= segment_size; at += segment_size)
    writer.segment(Bytes(body.begin() + static_cast<std::ptrdiff_t>(at),
                         body.begin() + static_cast<std::ptrdiff_t>(at + segment_size)));
  body.erase(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Status Writer::State::begin_segments() {
  streaming = true;
  if (!streamed_rest) {
    if (auto status = annotate(section_note()); !status) return status;
  }
  writer.begin_full(streamed_rest ? extension::fields(*streamed_rest) : fields());
  writer.begin_blob();
  return {};
}

Status Writer::State::end_body() {
  if (!streaming && body.size() > limits.max_blob) {
    if (auto status = begin_segments(); !status) return status;
    if (auto status = append({}); !status) return status;
  }
  if (streaming) {
    if (!body.empty()) writer.segment(std::move(body));
    body.clear();
    writer.end_blob();
    writer.end_full();
    streaming = false;
    return {};
  }
  if (streamed_rest) return put(extension::encode(extension::fields(*streamed_rest), body));
  if (auto status = annotate(section_note()); !status) return status;
  return put(extension::encode(fields(), body));
}

/// Device state as values where its description fits it, else as a blob.
Status Writer::State::device() {
  const device::Device* found = matcher ? matcher->match(section_name, section.instance) : nullptr;
  if (found == nullptr || options.opaque || streaming) return end_body();
  std::size_t tlvs = 0;
  if (!check_values(*found, body, limits, tlvs)) return end_body();
  if (auto status = annotate(section_note()); !status) return status;
  const SectionFields about = fields();
  if (tlvs > limits.max_tlvs) {
    writer.begin_full(about);
    writer.begin_entries();
    WriterSink sink(writer);
    auto status = read_state(*found, body, sink);
    writer.end_list();
    writer.end_full();
    return status;
  }
  auto full = asn1::Value<asn1::SecFull>::make();
  set_fields(*full, about);
  TreeSink sink(full->contents().make_vmstate().make_vmstateentries());
  if (auto status = read_state(*found, body, sink); !status) return status;
  return put(asn1::encode(*full, limits));
}

Status Writer::State::on(const event::SectionEnd& end) {
  Status status;
  if (in_ram) {
    if (list) {
      status = begin_blocks();
    } else if (!began || !note.marks.empty()) {
      end_min();
      status = begin_min();
    }
    end_min();
  } else {
    status = section.type == event::Element::section_full ? device() : end_body();
  }
  if (status) section_path.clear();
  if (!status || footers) return status;
  footers = end.footer;
  if (end.footer) return {};
  return put(extension::encode(extension::fields(Kind::no_footers), {}));
}

Status Writer::State::on(const event::DescriptionText& text) {
  // One that cannot be read is carried all the same.
  if (auto parsed = device::Description::parse(text.json, limits)) {
    if (parsed->page_size()) {
      if (auto status = context.session().check_described_page_size(*parsed->page_size()); !status) {
        status.error().offset = context.offset();
        return std::move(status.error()).within(context.path());
      }
    }
    description = std::move(*parsed);
    matcher.emplace(*description);
  }
  streamed_rest = Kind::description;
  body.clear();
  if (auto status = append(text.json); !status) return status;
  auto status = end_body();
  streamed_rest.reset();
  body.clear();
  return status;
}

Status Writer::State::on(const event::TrailingData& rest) {
  if (!streamed_rest) body.clear();
  streamed_rest = rest.device_state ? Kind::device_state : Kind::trailing;
  return append(rest.data);
}

Status Writer::State::on(const event::StreamEnd&) {
  if (streamed_rest) {
    if (auto status = end_body(); !status) return status;
  }
  return writer.end_file();
}

Writer::Writer(const event::Context& context, SectionWriter& writer, const Limits& limits,
               WriterOptions options)
    : state_(std::make_unique<State>(context, writer, limits, options)) {}

Writer::~Writer() = default;

Status Writer::take(const event::Event& event) {
  if (auto status = state_->order.note(event); !status) return status;
  return std::visit([this](const auto& each) { return state_->on(each); }, event);
}

Status Writer::take(std::span<const event::RamPage> pages) {
  for (const event::RamPage& page : pages) {
    auto status = state_->order.note(page);
    if (status) status = state_->on(page);
    if (!status) return status;
  }
  return {};
}

}  // namespace qember::qber
