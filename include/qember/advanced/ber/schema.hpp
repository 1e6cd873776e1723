// SPDX-License-Identifier: LGPL-2.1-or-later
/// A schema as data: what the build reads from the compiled schema and the rest of the code goes by.
#pragma once

#include <qember/advanced/ber/tag.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace qember::ber {

enum class Kind : std::uint8_t {
  boolean,
  integer,
  null,
  octet_string,
  utf8_string,
  sequence,
  sequence_of,
  choice,
  other,  ///< a type that only asn1c knows how to read
};

/// The name in ASN.1.
constexpr std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::boolean: return "BOOLEAN";
    case Kind::integer: return "INTEGER";
    case Kind::null: return "NULL";
    case Kind::octet_string: return "OCTET STRING";
    case Kind::utf8_string: return "UTF8String";
    case Kind::sequence: return "SEQUENCE";
    case Kind::sequence_of: return "SEQUENCE OF";
    case Kind::choice: return "CHOICE";
    case Kind::other: break;
  }
  return "another type";
}

/// Bounds of a SIZE constraint: bytes of an OCTET STRING, characters of a UTF8String. Those of lists are
/// left to asn1c, as are the holes in a range.
struct SizeRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();

  constexpr bool holds(std::uint64_t size) const { return min <= size && size <= max; }

  friend constexpr bool operator==(const SizeRange&, const SizeRange&) = default;
};

/// A component of a SEQUENCE, an alternative of a CHOICE, or the element of a SEQUENCE OF.
struct Member {
  std::string_view name;   ///< as in the schema; empty for the element of a SEQUENCE OF
  std::uint16_t type = 0;  ///< index into `Schema::types`
  bool tagged = false;     ///< false for a CHOICE without a tag of its own
  bool optional = false;
  Tag tag{};                          ///< the outermost tag
  std::span<const Tag> inner_tags{};  ///< further ones, each on a TLV inside the one before (EXPLICIT)
  SizeRange size{};
};

struct Type {
  std::string_view name;  ///< of a type that the schema names; else that of the member it was written in
  Kind kind = Kind::other;
  bool named = false;
  bool tagged = false;  ///< false for a CHOICE without a tag of its own
  bool extensible = false;
  Tag tag{};  ///< the outermost tag
  std::span<const Tag> inner_tags{};
  std::span<const Member> members{};
  SizeRange size{};
};

struct Schema {
  std::span<const Type> types;
  std::string_view fingerprint;  ///< 16 digits in hex, of the schema's text without comments and white space

  /// The type of that name, or null.
  constexpr const Type* find(std::string_view name) const {
    for (const Type& type : types)
      if (type.named && type.name == name) return &type;
    return nullptr;
  }
  constexpr const Type& type(const Member& member) const { return types[member.type]; }
};

}  // namespace qember::ber
