// SPDX-License-Identifier: LGPL-2.1-or-later
/// Identifier octets for hand-written code, looked up in a compiled schema while the code is compiled. A
/// name that the schema does not have stops the build; that the types have the shape which the code
/// follows is checked by the build too, see the files shapes.txt.
///
/// Only the initializer of a constant may call these. (They would be consteval, but clang 14 can't nest
/// those.)
#pragma once

#include <qember/advanced/ber/schema.hpp>

namespace qember::ber::lookup {

constexpr const Type& type(const Schema& schema, std::string_view name) {
  for (const Type& type : schema.types)
    if (type.named && type.name == name) return type;
  throw "the schema has no such type";
}

constexpr const Member& member(const Type& type, std::string_view name) {
  for (const Member& member : type.members)
    if (member.name == name) return member;
  throw "the type has no such member";
}

/// The type of a member.
constexpr const Type& type(const Schema& schema, const Type& of, std::string_view name) {
  return schema.type(member(of, name));
}

constexpr bool is_constructed(Kind kind) { return kind == Kind::sequence || kind == Kind::sequence_of; }

constexpr Identifier identifier(const Schema& schema, const Member& member) {
  return ber::identifier(member.tag, is_constructed(schema.type(member).kind));
}

constexpr Identifier identifier(const Schema& schema, const Type& of, std::string_view name) {
  return identifier(schema, member(of, name));
}

constexpr Identifier identifier(const Type& of) { return ber::identifier(of.tag, is_constructed(of.kind)); }

}  // namespace qember::ber::lookup
