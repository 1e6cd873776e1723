// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <stdexcept>
#include <string>

namespace qember::test {

/// Bytes from hex; spaces are for the reader.
inline Bytes from_hex(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != ' ' && c != '\n') digits += c;
  if (digits.size() % 2 != 0) throw std::runtime_error("odd hex: " + std::string(text));
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

inline std::string to_hex(ByteView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) (text += digits[byte >> 4U]) += digits[byte & 15U];
  return text;
}

}  // namespace qember::test
