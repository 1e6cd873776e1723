// SPDX-License-Identifier: LGPL-2.1-or-later
/// Tags and their identifier octets (X.690 8.1.2).
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <array>
#include <string>

namespace qember::ber {

enum class TagClass : std::uint8_t { universal = 0, application = 1, context = 2, private_use = 3 };

struct Tag {
  std::uint32_t number = 0;
  TagClass tag_class = TagClass::universal;

  friend constexpr bool operator==(const Tag&, const Tag&) = default;
};

/// Tag numbers above this are refused: asn1c holds 30 bits.
inline constexpr std::uint32_t max_tag_number = (1U << 30U) - 1;

namespace tags {
inline constexpr Tag end_of_contents{0};
inline constexpr Tag boolean{1};
inline constexpr Tag integer{2};
inline constexpr Tag octet_string{4};
inline constexpr Tag null{5};
inline constexpr Tag utf8_string{12};
inline constexpr Tag sequence{16};
}  // namespace tags

/// The identifier octets of a tag.
struct Identifier {
  std::array<std::uint8_t, 6> bytes{};
  std::uint8_t size = 0;

  constexpr ByteView view() const { return {bytes.data(), size}; }

  friend constexpr bool operator==(const Identifier&, const Identifier&) = default;
};

/// Encodes a tag: one byte below 31 (X.690 8.1.2.2), else the shortest long form (8.1.2.4).
constexpr Identifier identifier(Tag tag, bool constructed) {
  Identifier result;
  const auto lead =
      static_cast<std::uint8_t>((static_cast<unsigned>(tag.tag_class) << 6U) | (constructed ? 0x20U : 0U));
  if (tag.number < 31) {
    result.bytes[0] = static_cast<std::uint8_t>(lead | tag.number);
    result.size = 1;
    return result;
  }
  result.bytes[0] = lead | 0x1fU;
  unsigned groups = 1;
  while (groups < 5 && (tag.number >> (7 * groups)) != 0) ++groups;
  for (unsigned i = 0; i < groups; ++i) {
    const unsigned group = (tag.number >> (7 * (groups - 1 - i))) & 0x7fU;
    result.bytes[1 + i] = static_cast<std::uint8_t>(group | (i + 1 < groups ? 0x80U : 0U));
  }
  result.size = static_cast<std::uint8_t>(1 + groups);
  return result;
}

/// The tag as ASN.1 writes it: `INTEGER`, `[APPLICATION 9040]`, `[2]`.
std::string to_string(Tag tag);

}  // namespace qember::ber
