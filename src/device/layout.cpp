// SPDX-License-Identifier: LGPL-2.1-or-later
// The layouts as fields and structures, which is what those who take device state know.
#include "layout.hpp"

#include <map>

namespace qember::device {
namespace {

FieldKind kind_of(const Part& part) {
  switch (part.shape) {
    case Shape::integer: return part.is_signed ? FieldKind::signed_integer : FieldKind::unsigned_integer;
    case Shape::boolean: return FieldKind::boolean;
    case Shape::bytes: return FieldKind::buffer;
    default: return FieldKind::structure;
  }
}

std::string_view integer_type(const Part& part) {
  switch (part.width) {
    case 1: return part.is_signed ? "int8" : "uint8";
    case 2: return part.is_signed ? "int16" : part.little ? "uint16 le" : "uint16";
    case 4: return part.is_signed ? "int32" : part.little ? "uint32 le" : "uint32";
    default: return part.is_signed ? "int64" : part.little ? "uint64 le" : "uint64";
  }
}

std::string_view type_of(const Part& part) {
  switch (part.shape) {
    case Shape::integer: return integer_type(part);
    case Shape::boolean: return "bool";
    case Shape::bytes: return "buffer";
    case Shape::list:
    case Shape::sequence: return "list";
    case Shape::choice: return "choice";
    case Shape::pieces: return "pieces";
    case Shape::structure: return "struct";
  }
  return {};
}

Structure structure_of(const Layout& layout);

Field field_of(const Part& part) {
  Field field;
  field.name = part.name;
  field.type = type_of(part);
  field.kind = kind_of(part);
  field.size = fixed_size(part).value_or(0);
  if (part.array && part.count.slot == no_slot)
    field.array_len = static_cast<std::uint32_t>(part.count.fixed);
  for (const Layout& each : part.groups) field.groups.push_back(structure_of(each));
  field.part = &part;
  return field;
}

Structure structure_of(const Layout& layout) {
  Structure structure;
  structure.name = layout.name;
  structure.version = layout.version;
  for (const Part& each : layout.parts) structure.fields.push_back(field_of(each));
  for (const Layout& each : layout.subsections) structure.subsections.push_back(structure_of(each));
  return structure;
}

using Known = std::map<std::string_view, LaidOut>;

Known all_layouts() {
  Known known;
  for (const auto types : {virtio_layouts(), pci_layouts(), backend_layouts(), cpu_layouts()})
    for (const LaidOutType& each : types) known.emplace(each.type, LaidOut{field_of(each.part), each.begin});
  return known;
}

}  // namespace

const LaidOut* find_layout(std::string_view type) {
  static const Known known = all_layouts();
  const auto found = known.find(type);
  return found == known.end() ? nullptr : &found->second;
}

const LaidOut* find_layout(std::string_view structure, std::string_view field) {
  constexpr std::size_t longest = 64;
  if (structure.size() + field.size() > longest) return nullptr;
  std::array<char, longest + 1> name;
  auto end = std::ranges::copy(structure, name.begin()).out;
  *end++ = '.';
  end = std::ranges::copy(field, end).out;
  return find_layout(std::string_view(name.data(), static_cast<std::size_t>(end - name.begin())));
}

}  // namespace qember::device
