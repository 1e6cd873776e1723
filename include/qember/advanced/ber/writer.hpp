// SPDX-License-Identifier: LGPL-2.1-or-later
/// Writing the small parts of TLVs into a caller's buffer. Every function returns the end of what it
/// wrote; the caller has made room. Lengths are minimal (X.690 10.1), integers too (8.3.2).
#pragma once

#include <qember/advanced/ber/tag.hpp>
#include <qember/advanced/core/integer.hpp>

#include <bit>
#include <optional>

namespace qember::ber {

/// Bytes of the shortest form of a length (X.690 8.1.3.4 and 8.1.3.5).
constexpr std::size_t length_size(std::uint64_t length) {
  return length < 0x80 ? 1 : 1 + static_cast<std::size_t>((std::bit_width(length) + 7) / 8);
}

/// Contents octets of the shortest form of an integer (X.690 8.3.2): 1 to 9.
constexpr std::size_t integer_size(Integer value) {
  const std::uint64_t significant = value.negative() ? ~value.bits() : value.bits();
  return static_cast<std::size_t>(std::bit_width(significant)) / 8 + 1;
}

constexpr std::uint8_t* put(std::uint8_t* to, const Identifier& identifier) {
  for (std::size_t i = 0; i < identifier.size; ++i) *to++ = identifier.bytes[i];
  return to;
}

constexpr std::uint8_t* put_length(std::uint8_t* to, std::uint64_t length) {
  const std::size_t size = length_size(length);
  if (size == 1) {
    *to = static_cast<std::uint8_t>(length);
    return to + 1;
  }
  *to++ = static_cast<std::uint8_t>(0x80U | (size - 1));
  for (std::size_t i = size - 1; i-- > 0;) *to++ = static_cast<std::uint8_t>(length >> (8 * i));
  return to;
}

/// Length and contents of an integer; the identifier octets come before.
constexpr std::uint8_t* put_integer(std::uint8_t* to, Integer value) {
  const std::size_t size = integer_size(value);
  *to++ = static_cast<std::uint8_t>(size);
  for (std::size_t i = size; i-- > 0;)
    *to++ = i < 8 ? static_cast<std::uint8_t>(value.bits() >> (8 * i))
                  : static_cast<std::uint8_t>(value.negative() ? 0xff : 0x00);
  return to;
}

/// Reads the contents of an INTEGER; nothing where they are empty, not minimal (X.690 8.3.2) or beyond
/// what `Integer` holds.
constexpr std::optional<Integer> parse_integer(ByteView contents) {
  const std::size_t size = contents.size();
  if (size == 0 || size > 9) return std::nullopt;
  const bool negative = (contents[0] & 0x80U) != 0;
  if (size > 1 && ((contents[0] == 0x00 && (contents[1] & 0x80U) == 0) ||
                   (contents[0] == 0xff && (contents[1] & 0x80U) != 0)))
    return std::nullopt;
  if (size == 9 && contents[0] != 0x00) return std::nullopt;
  std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : contents) bits = (bits << 8U) | byte;
  return negative ? Integer::from_signed(static_cast<std::int64_t>(bits)) : Integer(bits);
}

}  // namespace qember::ber
