// SPDX-License-Identifier: LGPL-2.1-or-later
/// Views of bytes, and big-endian integers in them.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace qember {

/// Bytes that somebody else owns.
using ByteView = std::span<const std::uint8_t>;
/// Bytes that somebody else owns, to be written to.
using MutableBytes = std::span<std::uint8_t>;
/// Bytes of one's own.
using Bytes = std::vector<std::uint8_t>;

/// The bytes of a text; valid as long as the text.
inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bytes as a text; valid as long as the bytes.
inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads sizeof(T) bytes, most significant first (the order of every integer in QEMU's stream).
template <class T>
constexpr T load_be(const std::uint8_t* from) noexcept {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8) | from[i]);
  return value;
}

/// Writes sizeof(T) bytes, most significant first.
template <class T>
constexpr void store_be(std::uint8_t* to, T value) noexcept {
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8))
    to[i] = static_cast<std::uint8_t>(value & 0xff);
}

/// One byte.
template <>
constexpr std::uint8_t load_be(const std::uint8_t* from) noexcept {
  return *from;
}

/// One byte.
template <>
constexpr void store_be(std::uint8_t* to, std::uint8_t value) noexcept {
  *to = value;
}

}  // namespace qember
