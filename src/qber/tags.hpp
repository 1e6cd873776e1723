// SPDX-License-Identifier: LGPL-2.1-or-later
/// The identifier bytes of sections and the lists in them, of any schema.
#pragma once

#include <qember/advanced/qber/wire_format.hpp>

#include <qember/generated/schema.hpp>

#include <algorithm>

namespace qember::qber {

/// Bytes of an INTEGER that is a number of 64 bits, signed or not (X.690 8.3).
inline constexpr std::size_t max_integer = 9;

/// The type of a member, with the member's own tag and size.
constexpr ber::Type member_type(const ber::Schema& schema, const ber::Member& member) {
  ber::Type type = schema.type(member);
  type.tagged = member.tagged;
  type.tag = member.tag;
  type.size = member.size;
  return type;
}

/// Whether that is what the bytes begin with.
inline bool begins_with(ByteView bytes, const ber::Identifier& identifier) {
  const ByteView wanted = identifier.view();
  return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

/// Looked up in a schema that has the shapes in shapes.txt.
constexpr WireTags wire_tags(const ber::Schema& schema) {
  using namespace ber::lookup;
  const auto in = [&schema](const ber::Type& of, std::string_view name) {
    return identifier(schema, of, name);
  };
  const auto element = [&schema](const ber::Type& list) { return identifier(schema, list.members.front()); };
  const ber::Type& file = type(schema, "QemuFile");
  const ber::Type& sections = type(schema, "Sections");
  const ber::Type& full = type(schema, "SecFull");
  const ber::Type& contents = type(schema, full, "contents");
  const ber::Type& min = type(schema, "SecMin");
  const ber::Type& ram = type(schema, min, "contents");
  const ber::Type& ramsec = type(schema, ram, "ramsec");
  const ber::Type& block = type(schema, "RAMSecBlock");
  const ber::Type& entry = type(schema, "VMStateEntries");
  const ber::Type& subsections = type(schema, entry, "subsecl");
  const ber::Type& subsection = schema.type(subsections.members.front());
  WireTags tags;
  tags.file = identifier(file);
  tags.version = in(file, "version");
  tags.top = in(file, "top");
  tags.full = in(sections, "full");
  tags.full_name = in(full, "name");
  tags.full_id = in(full, "sectionid");
  tags.full_instance = in(full, "instanceid");
  tags.full_version = in(full, "versionid");
  tags.full_end = in(full, "secendmark");
  tags.blob = in(contents, "oldblob");
  tags.block_list = in(contents, "ramblid");
  tags.entries = in(type(schema, contents, "vmstate"), "vmstateentries");
  tags.min = in(sections, "min");
  tags.min_id = in(min, "sectionid");
  tags.ramsec = in(ram, "ramsec");
  tags.ram_block = element(ramsec);
  tags.block_name = in(block, "name");
  tags.pagelist = in(block, "pagelist");
  tags.min_end = in(min, "secendmark");
  tags.array = in(entry, "array");
  tags.boolean = in(entry, "bool");
  tags.integer = in(entry, "int");
  tags.bytes = in(entry, "oldblob");
  tags.subsections = in(entry, "subsecl");
  tags.subsection = element(subsections);
  tags.subsection_name = in(subsection, "name");
  tags.subsection_version = in(subsection, "versionid");
  tags.subsection_contents = in(subsection, "contents");
  return tags;
}

/// Those of the library's own schema, which all but the outermost frames of a stream are read in.
inline constexpr WireTags own_tags = wire_tags(generated::schema);

}  // namespace qember::qber
