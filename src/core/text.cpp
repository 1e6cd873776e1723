// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember {

std::string hex_excerpt(ByteView in, std::size_t most) {
  if (in.empty()) return "nothing";
  const ByteView shown = in.first(std::min(in.size(), most));
  return fmt::format("{:02x}{}", fmt::join(shown, " "), shown.size() < in.size() ? " ..." : "");
}

std::optional<std::size_t> utf8_characters(ByteView text) noexcept {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const std::uint8_t lead = text[i++];
    if (lead == 0) return std::nullopt;
    if (lead < 0x80) continue;
    // The bounds of the second byte exclude overlong forms, surrogates and what is above U+10FFFF.
    const unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < more) return std::nullopt;
    if (text[i] < low || text[i] > high) return std::nullopt;
    for (unsigned j = 1; j < more; ++j)
      if ((text[i + j] & 0xc0U) != 0x80) return std::nullopt;
    i += more;
  }
  return characters;
}

bool is_name(ByteView name) noexcept {
  return !name.empty() && utf8_characters(name) &&
         std::ranges::none_of(name, [](std::uint8_t octet) { return octet < 0x20 || octet == 0x7f; });
}

}  // namespace qember
