// SPDX-License-Identifier: LGPL-2.1-or-later
/// `ber::lookup` in the library's own schema.
#pragma once

#include <qember/advanced/ber/lookup.hpp>
#include <qember/generated/schema.hpp>

namespace qember::wire {

using ber::lookup::identifier;
using ber::lookup::member;

consteval const ber::Type& type(std::string_view name) { return ber::lookup::type(generated::schema, name); }

/// The type of a member.
consteval const ber::Type& type(const ber::Type& of, std::string_view name) {
  return ber::lookup::type(generated::schema, of, name);
}

consteval ber::Identifier identifier(const ber::Type& of, std::string_view name) {
  return identifier(generated::schema, of, name);
}

/// Of the elements of a SEQUENCE OF.
consteval ber::Identifier element_identifier(const ber::Type& list) {
  return identifier(generated::schema, list.members.front());
}

}  // namespace qember::wire
