// SPDX-License-Identifier: LGPL-2.1-or-later
/// Identifier octets for hand-written code, looked up in the compiled schema while this is compiled. A
/// name that the schema does not have stops the build; that the types have the shape which the code
/// follows is checked by the build too, see the files shapes.txt.
#pragma once

#include <qember/generated/schema.hpp>

namespace qember::wire {

consteval const ber::Type& type(std::string_view name) {
  for (const ber::Type& type : generated::schema.types)
    if (type.named && type.name == name) return type;
  throw "the schema has no such type";
}

consteval const ber::Member& member(const ber::Type& type, std::string_view name) {
  for (const ber::Member& member : type.members)
    if (member.name == name) return member;
  throw "the type has no such member";
}

/// The type of a member.
consteval const ber::Type& type(const ber::Type& of, std::string_view name) {
  return generated::schema.type(member(of, name));
}

constexpr bool is_constructed(ber::Kind kind) {
  return kind == ber::Kind::sequence || kind == ber::Kind::sequence_of;
}

consteval ber::Identifier identifier(const ber::Type& of, std::string_view name) {
  const ber::Member& found = member(of, name);
  return ber::identifier(found.tag, is_constructed(generated::schema.type(found).kind));
}

consteval ber::Identifier identifier(const ber::Type& of) {
  return ber::identifier(of.tag, is_constructed(of.kind));
}

/// Of the elements of a SEQUENCE OF.
consteval ber::Identifier element_identifier(const ber::Type& list) {
  const ber::Member& element = list.members.front();
  return ber::identifier(element.tag, is_constructed(generated::schema.type(element).kind));
}

}  // namespace qember::wire
