// SPDX-License-Identifier: LGPL-2.1-or-later
// What cannot be said in the schema, as sections named `qember` in DER.
#include "extension_keys.hpp"

#include <qember/advanced/event/capabilities.hpp>

namespace qember::qber::extension {
namespace {

using Entries = asn1::List<asn1::VMStateEntries>;

asn1::Value<asn1::SecFull> make(const SectionFields& fields) {
  auto section = asn1::Value<asn1::SecFull>::make();
  section->set_name(fields.name);
  section->set_sectionid(fields.sectionid);
  section->set_instanceid(fields.instanceid);
  section->set_versionid(fields.versionid);
  return section;
}

/// A section whose contents are values, to be appended.
struct Builder {
  explicit Builder(Kind kind)
      : section(make(fields(kind))), entries(section->contents().make_vmstate().make_vmstateentries()) {}

  template <class K>
  static void key(Entries& to, K key) {
    to.append().set_int(static_cast<std::uint64_t>(key));
  }
  template <class K>
  static void pair(Entries& to, K k, std::optional<std::uint64_t> value) {
    if (!value) return;
    key(to, k);
    to.append().set_int(*value);
  }
  template <class K>
  static void pair(Entries& to, K k, const std::optional<Bytes>& value) {
    if (!value) return;
    key(to, k);
    to.append().set_oldblob(*value);
  }
  template <class K>
  static void flag(Entries& to, K k, bool value) {
    if (!value) return;
    key(to, k);
    to.append().set_bool(true);
  }

  Result<Bytes> encode() const { return asn1::encode(*section); }

  asn1::Value<asn1::SecFull> section;
  Entries entries;
};

/// The payload of a configuration's subsection as values.
void put_payload(const event::ConfigurationSubsection& sub, Entries to) {
  if (sub.name == "configuration/target-page-bits") {
    to.append().set_int(load_be<std::uint32_t>(sub.payload.data()));
  } else if (sub.name == "configuration/capabilities") {
    // The session refuses what is no list of them.
    if (const auto names = event::read_capabilities(sub.payload))
      for (const std::string_view name : *names) to.append().set_oldblob(as_bytes(name));
  } else {
    to.append().set_oldblob(sub.payload);
  }
}

}  // namespace

Result<Bytes> encode(const SectionNote& note) {
  Builder builder(Kind::section);
  Entries& to = builder.entries;
  if (note.type) Builder::pair(to, Key::type, static_cast<std::uint64_t>(*note.type));
  Builder::flag(to, Key::continues, note.continues);
  if (!note.controls.empty()) {
    Builder::key(to, Key::controls);
    auto controls = to.append().make_array();
    for (const std::uint64_t word : note.controls) controls.append().set_int(word);
  }
  Builder::flag(to, Key::names_block, note.names_block);
  if (note.fill) Builder::pair(to, Key::fill, *note.fill);
  Builder::pair(to, Key::page_size, note.page_size);
  Builder::pair(to, Key::name, note.name);
  Builder::flag(to, Key::known, note.is_known);
  if (!note.blocks.empty()) {
    Builder::key(to, Key::blocks);
    auto blocks = to.append().make_array();
    for (const BlockNote& block : note.blocks) {
      Entries pairs = blocks.append().make_array();
      pairs.append().set_int(block.index);
      Builder::pair(pairs, BlockKey::page_size, block.page_size);
      Builder::pair(pairs, BlockKey::address, block.address);
      Builder::pair(pairs, BlockKey::name, block.name);
      if (!block.mapped) continue;
      Builder::key(pairs, BlockKey::mapped);
      auto mapped = pairs.append().make_array();
      mapped.append().set_int(block.mapped->version);
      mapped.append().set_int(block.mapped->page_size);
      mapped.append().set_int(block.mapped->bitmap_offset);
      mapped.append().set_int(block.mapped->pages_offset);
      if (block.mapped->base == 0 && !block.mapped->is_big_endian) continue;
      mapped.append().set_int(block.mapped->base);
      if (block.mapped->is_big_endian) mapped.append().set_bool(true);
    }
  }
  return builder.encode();
}

Result<Bytes> encode(const event::Configuration& configuration) {
  Builder builder(Kind::configuration);
  builder.entries.append().set_oldblob(configuration.machine);
  if (!configuration.subsections.empty()) {
    auto list = builder.entries.append().make_subsecl();
    for (const event::ConfigurationSubsection& sub : configuration.subsections) {
      auto to = list.append();
      to.set_name(sub.name);
      to.set_versionid(sub.version);
      put_payload(sub, to.contents());
    }
  }
  return builder.encode();
}

Result<Bytes> encode(const event::Command& command) {
  Builder builder(Kind::command);
  builder.entries.append().set_int(command.id);
  builder.entries.append().set_oldblob(command.payload);
  return builder.encode();
}

Result<Bytes> encode(const CompressedPage& page) {
  Builder builder(Kind::compressed);
  builder.entries.append().set_int(page.block);
  builder.entries.append().set_int(page.addr);
  builder.entries.append().set_oldblob(page.data);
  if (page.names_block) builder.entries.append().set_bool(true);
  return builder.encode();
}

Result<Bytes> encode(const event::MappedBitmap& bitmap) {
  Builder builder(Kind::mapped_bitmap);
  builder.entries.append().set_int(bitmap.block);
  builder.entries.append().set_oldblob(bitmap.data);
  return builder.encode();
}

Result<Bytes> encode(const event::MappedStale& stale) {
  Builder builder(Kind::mapped_stale);
  builder.entries.append().set_int(stale.block);
  builder.entries.append().set_int(stale.addr);
  builder.entries.append().set_oldblob(stale.data);
  return builder.encode();
}

Result<Bytes> encode(const SectionFields& fields, ByteView blob) {
  auto section = make(fields);
  section->contents().set_oldblob(blob);
  return asn1::encode(*section);
}

}  // namespace qember::qber::extension
