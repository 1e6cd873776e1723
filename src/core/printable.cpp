// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/printable.hpp>

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember {
namespace {

/// Bytes of the character at the front, 0 where there is none.
std::size_t character(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (size > text.size()) return 0;
  return utf8_characters(as_bytes(text.substr(0, size))) == 1 ? size : 0;
}

/// C0, DEL, C1, line separators, and what turns the direction of writing.
bool is_control(std::string_view character) {
  if (character.size() == 1) return static_cast<std::uint8_t>(character[0]) < 0x20 || character[0] == 0x7f;
  if (character.size() == 2)
    return (character[0] == '\xc2' && character < "\xc2\xa0") || character == "\xd8\x9c";
  if (character.size() != 3) return false;
  const auto bits = [&character](std::size_t i) { return static_cast<std::uint32_t>(character[i]) & 0x3fU; };
  const std::uint32_t code = (bits(0) & 0xfU) << 12U | bits(1) << 6U | bits(2);
  return code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

/// Nearly every text: nothing in it is to be escaped.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
}

std::string escaped(std::string_view text, std::string_view backslash) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character(text);
    const std::string_view taken = text.substr(0, std::max<std::size_t>(size, 1));
    if (taken == "\\") {
      out += backslash;
    } else if (size != 0 && !is_control(taken)) {
      out += taken;
    } else {
      for (const char byte : taken) out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(byte));
    }
    text.remove_prefix(taken.size());
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, "\\\\"); }

std::string printable_line(std::string_view text) { return escaped(text, "\\"); }

std::string grouped(std::uint64_t number) {
  std::string text = fmt::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, std::string_view unit) {
  return fmt::format("{} {}{}", grouped(number), unit, number == 1 ? "" : "s");
}

}  // namespace qember
