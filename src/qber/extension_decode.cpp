// SPDX-License-Identifier: LGPL-2.1-or-later
// What the sections named `qember` say.
#include "extension_keys.hpp"

#include <fmt/format.h>

namespace qember::qber::extension {
namespace {

using asn1::VMStateEntries;
using Entries = asn1::List<VMStateEntries>;
using Which = VMStateEntries::Which;

/// Reads values one after the other; remembers the first that is not as wanted.
class Values {
 public:
  explicit Values(const asn1::SecFull& section)
      : Values(section.contents().as_vmstate().as_vmstateentries(), ".contents.vmstate.vmstateentries") {
    if (section.contents().as_vmstate().which() != asn1::VMState::Which::vmstateentries) fail("values");
  }
  Values(Entries entries, std::string path) : entries_(entries), path_(std::move(path)) {}

  bool more() const { return !error_ && next_ < entries_.size(); }
  std::uint64_t number(std::uint64_t most) {
    const VMStateEntries value = next(Which::int_, "an int");
    const auto number = value.as_int().as_unsigned();
    if (!error_ && (!number || *number > most)) fail(fmt::format("at most {}", most));
    return error_ ? 0 : *number;
  }
  bool flag() { return next(Which::bool_, "a bool").as_bool(); }
  ByteView bytes() { return next(Which::oldblob, "an oldblob").as_oldblob(); }
  Values array() {
    const Entries inside = next(Which::array, "an array").as_array();
    Values values(inside, fmt::format("{}[{}].array", path_, next_ - 1));
    if (error_) values.error_ = error_;
    return values;
  }
  /// The value behind a key, whatever it is.
  void skip() {
    if (next_++ >= entries_.size()) fail("a value behind the key");
  }
  VMStateEntries any() { return next_ < entries_.size() ? entries_[next_++] : VMStateEntries(); }
  void adopt(const Values& inside) {
    if (inside.error_ && !error_) error_ = inside.error_;
  }
  void fail(std::string expected) {
    if (error_) return;
    const std::size_t at = next_ > 0 ? next_ - 1 : 0;
    error_ = Error{Errc::bad_annotation, 0, fmt::format("{}[{}]", path_, at), std::move(expected),
                   "another value"};
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  VMStateEntries next(Which wanted, std::string_view what) {
    if (error_) return {};
    if (next_ >= entries_.size()) {
      ++next_;
      fail(std::string(what));
      return {};
    }
    const VMStateEntries value = entries_[next_++];
    if (value.which() != wanted) fail(std::string(what));
    return error_ ? VMStateEntries() : value;
  }

  Entries entries_;
  std::string path_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

constexpr std::uint64_t any_u64 = ~std::uint64_t{0};
constexpr std::uint64_t any_u32 = 0xffffffff;

Bytes copy(ByteView view) { return {view.begin(), view.end()}; }

/// A key that is not known, and what is behind it.
void read_over(Values& values, std::uint64_t key, std::string_view wanted) {
  if (is_optional(key)) {
    values.skip();
  } else {
    values.fail(std::string(wanted));
  }
}

BlockNote read_block_note(Values& values) {
  BlockNote note;
  note.index = static_cast<std::uint32_t>(values.number(any_u32));
  while (values.more()) {
    const std::uint64_t key = values.number(any_u32);
    switch (static_cast<BlockKey>(key)) {
      case BlockKey::page_size: note.page_size = values.number(any_u64); break;
      case BlockKey::address: note.address = values.number(any_u64); break;
      case BlockKey::name: note.name = copy(values.bytes()); break;
      case BlockKey::mapped: {
        Values mapped = values.array();
        note.mapped =
            event::MappedRam{static_cast<std::uint32_t>(mapped.number(any_u32)), mapped.number(any_u64),
                             mapped.number(any_u64), mapped.number(any_u64)};
        if (mapped.more()) note.mapped->base = mapped.number(any_u64);
        if (mapped.more()) note.mapped->is_big_endian = mapped.flag();
        values.adopt(mapped);
        break;
      }
      default: read_over(values, key, "a key of a RAM block");
    }
  }
  return note;
}

void read_pair(Values& values, SectionNote& note) {
  const std::uint64_t key = values.number(any_u32);
  switch (static_cast<Key>(key)) {
    case Key::type:
      note.type = static_cast<event::Element>(
          values.number(static_cast<std::uint64_t>(event::Element::section_full)));
      break;
    case Key::continues: note.continues = values.flag(); break;
    case Key::controls:
      for (Values controls = values.array(); controls.more();) {
        note.controls.push_back(controls.number(any_u64));
        values.adopt(controls);
      }
      break;
    case Key::names_block: note.names_block = values.flag(); break;
    case Key::fill: note.fill = static_cast<std::uint8_t>(values.number(0xff)); break;
    case Key::page_size: note.page_size = values.number(any_u64); break;
    case Key::name: note.name = copy(values.bytes()); break;
    case Key::known: note.is_known = values.flag(); break;
    case Key::blocks:
      for (Values blocks = values.array(); blocks.more();) {
        Values block = blocks.array();
        note.blocks.push_back(read_block_note(block));
        blocks.adopt(block);
        values.adopt(blocks);
      }
      break;
    default: read_over(values, key, "a key of a section");
  }
}

Result<Bytes> with_bytes(std::size_t count, std::uint32_t value) {
  Bytes bytes(count);
  store_be(bytes.data(), value);
  return bytes;
}

Bytes take_payload(std::string_view name, Values& values) {
  if (name == "configuration/target-page-bits")
    return *with_bytes(4, static_cast<std::uint32_t>(values.number(any_u32)));
  if (name == "configuration/uuid") {
    const ByteView uuid = values.bytes();
    if (uuid.size() != 16) values.fail("16 bytes");
    return copy(uuid);
  }
  if (name != "configuration/capabilities") return copy(values.bytes());
  Bytes payload(4);
  std::uint32_t count = 0;
  for (; values.more(); ++count) {
    const ByteView capability = values.bytes();
    if (capability.size() > 0xff) values.fail("a name of at most 255 bytes");
    payload.push_back(static_cast<std::uint8_t>(capability.size()));
    payload.insert(payload.end(), capability.begin(), capability.end());
  }
  store_be(payload.data(), count);
  return payload;
}

}  // namespace

Result<SectionNote> read_section_note(const asn1::SecFull& section) {
  Values values(section);
  SectionNote note;
  while (values.more()) read_pair(values, note);
  if (values.error()) return *values.error();
  return note;
}

Result<event::Configuration> read_configuration(const asn1::SecFull& section) {
  Values values(section);
  event::Configuration configuration;
  configuration.machine = copy(values.bytes());
  if (values.more()) {
    const VMStateEntries list = values.any();
    if (list.which() != Which::subsecl) values.fail("a subsecl");
    for (const auto sub : list.as_subsecl()) {
      Values payload(sub.contents(), ".contents.vmstate.vmstateentries[1].subsecl");
      const auto version = sub.versionid().as_unsigned();
      if (!version || *version > any_u32) values.fail("a version of 32 bits");
      configuration.subsections.push_back({std::string(sub.name()),
                                           static_cast<std::uint32_t>(version.value_or(0)),
                                           take_payload(sub.name(), payload)});
      if (payload.more()) payload.fail("nothing more");
      values.adopt(payload);
    }
  }
  if (values.more()) values.fail("nothing more");
  if (values.error()) return *values.error();
  return configuration;
}

Result<event::Command> read_command(const asn1::SecFull& section) {
  Values values(section);
  event::Command command;
  command.id = static_cast<std::uint16_t>(values.number(0xffff));
  command.payload = values.bytes();
  if (command.payload.size() > 0xffff) values.fail("at most 65535 bytes");
  if (values.error()) return *values.error();
  return command;
}

Result<event::MappedBitmap> read_mapped_bitmap(const asn1::SecFull& section) {
  Values values(section);
  event::MappedBitmap bitmap;
  bitmap.block = static_cast<std::uint32_t>(values.number(any_u32));
  bitmap.data = values.bytes();
  if (values.error()) return *values.error();
  return bitmap;
}

Result<event::MappedStale> read_mapped_stale(const asn1::SecFull& section) {
  Values values(section);
  event::MappedStale stale;
  stale.block = static_cast<std::uint32_t>(values.number(any_u32));
  stale.addr = values.number(any_u64);
  stale.data = values.bytes();
  if (values.error()) return *values.error();
  return stale;
}

Result<CompressedPage> read_compressed(const asn1::SecFull& section) {
  Values values(section);
  CompressedPage page;
  page.block = static_cast<std::uint32_t>(values.number(any_u32));
  page.addr = values.number(any_u64);
  page.data = values.bytes();
  if (values.more()) page.names_block = values.flag();
  if (values.error()) return *values.error();
  return page;
}

}  // namespace qember::qber::extension
