// SPDX-License-Identifier: LGPL-2.1-or-later
// The schema as data: a header with a constexpr ber::Schema.
#include "model.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

namespace qember::describe {
namespace {

std::string tag_text(const Tag& tag) {
  static const char* const classes[] = {"universal", "application", "context", "private_use"};
  std::string text = "{";  // appended to: g++ 12 warns of a sum (-Wrestrict)
  text += std::to_string(tag.number);
  text += ", TagClass::";
  text += classes[static_cast<int>(tag.tag_class)];
  return text + "}";
}

std::string kind_text(Kind kind) {
  static const char* const kinds[] = {"boolean",  "integer",     "null",   "octet_string", "utf8_string",
                                      "sequence", "sequence_of", "choice", "other"};
  return std::string("Kind::") + kinds[static_cast<int>(kind)];
}

/// ", .size = {min, max}", or nothing where any size will do.
std::string size_text(const ber::SizeRange& size) {
  const bool bounded = size.max != std::numeric_limits<std::uint64_t>::max();
  if (size.min == 0 && !bounded) return {};
  return ", .size = {" + std::to_string(size.min) + (bounded ? ", " + std::to_string(size.max) : "") + "}";
}

void emit_tags(std::ostream& out, std::span<const Tag> tags, const std::string& array) {
  if (tags.empty()) return;
  out << "inline constexpr Tag " << array << "[] = {";
  for (const Tag& tag : tags) out << tag_text(tag) << ", ";
  out << "};\n";
}

std::string tags_name(std::size_t type, std::size_t member) {
  return "tags_" + std::to_string(type) + "_" + std::to_string(member);
}

/// Fields in the order of ber::Member, as C++ wants it.
void emit_members(std::ostream& out, const Type& type, std::size_t index) {
  if (type.members.empty()) return;
  for (std::size_t i = 0; i < type.members.size(); ++i)
    emit_tags(out, type.members[i].inner_tags, tags_name(index, i));
  out << "inline constexpr Member members_" << index << "[] = {  // " << type.name << '\n';
  for (std::size_t i = 0; i < type.members.size(); ++i) {
    const Member& member = type.members[i];
    out << "    {.name = \"" << member.name << "\", .type = " << member.type;
    if (member.tagged) out << ", .tagged = true";
    if (member.optional) out << ", .optional = true";
    if (member.tagged) out << ", .tag = " << tag_text(member.tag);
    if (!member.inner_tags.empty()) out << ", .inner_tags = " << tags_name(index, i);
    out << size_text(member.size) << "},\n";
  }
  out << "};\n";
}

void emit_type(std::ostream& out, const Type& type, std::size_t index) {
  out << "    {.name = \"" << type.name << "\", .kind = " << kind_text(type.kind);
  if (type.named) out << ", .named = true";
  if (type.tagged) out << ", .tagged = true";
  if (type.extensible) out << ", .extensible = true";
  if (type.tagged) out << ", .tag = " << tag_text(type.tag);
  if (!type.inner_tags.empty()) out << ", .inner_tags = type_tags_" << index;
  if (!type.members.empty()) out << ", .members = members_" << index;
  out << size_text(type.size) << "},\n";
}

/// As `ber::SchemaData` reads it.
std::string tag_line(const Tag& tag) {
  std::string text = std::to_string(static_cast<int>(tag.tag_class));
  text += ' ';
  return text += std::to_string(tag.number);
}

template <class T>
void emit_properties(std::ostream& out, const T& of) {
  if (of.tagged) out << " tag " << tag_line(of.tag);
  for (const Tag& inner : of.inner_tags) out << " inner " << tag_line(inner);
  if (!(of.size == ber::SizeRange{})) out << " size " << of.size.min << ' ' << of.size.max;
  out << '\n';
}

}  // namespace

std::string emit_lines(const Model& model, const SourceText& text) {
  std::ostringstream out;
  out << "qember-schema 1 " << text.fingerprint << '\n';
  for (const Type& type : model.types) {
    // No name of ASN.1 has a '_', and that of a built-in type may have a space.
    std::string name(type.name);
    std::ranges::replace(name, ' ', '_');
    out << "type " << name << ' ' << static_cast<int>(type.kind);
    if (type.named) out << " named";
    if (type.extensible) out << " extensible";
    emit_properties(out, type);
    for (const Member& member : type.members) {
      out << "member " << (member.name.empty() ? "-" : member.name) << ' ' << member.type;
      if (member.optional) out << " optional";
      emit_properties(out, member);
    }
  }
  return out.str();
}

std::string emit_data(const Model& model, const SourceText& text, const Names& names) {
  std::ostringstream out;
  out << "// Made from " << names.schema << " by the build; changes are lost.\n#pragma once\n\n"
      << "#include <qember/advanced/ber/schema.hpp>\n\nnamespace " << names.data_space
      << " {\nnamespace parts {\n\nusing namespace qember::ber;\n\n";
  for (std::size_t i = 0; i < model.types.size(); ++i) {
    emit_tags(out, model.types[i].inner_tags, "type_tags_" + std::to_string(i));
    emit_members(out, model.types[i], i);
  }
  out << "\ninline constexpr Type types[] = {\n";
  for (std::size_t i = 0; i < model.types.size(); ++i) emit_type(out, model.types[i], i);
  out << "};\n\n}  // namespace parts\n\n"
      << "inline constexpr qember::ber::Schema schema{parts::types, \"" << text.fingerprint
      << "\"};\n\n}  // namespace " << names.data_space << '\n';
  return out.str();
}

}  // namespace qember::describe
