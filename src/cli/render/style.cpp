// SPDX-License-Identifier: LGPL-2.1-or-later
#include "style.hpp"

#include "../common_options.hpp"

#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace qember::cli {
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

std::size_t terminal_width() {
  struct winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return Style().width();
}

bool wants_color() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

namespace {

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

std::size_t columns(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0U) != 0x80; }));
}

std::string grouped(std::uint64_t number) {
  std::string text = fmt::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, std::string_view unit) {
  return fmt::format("{} {}{}", grouped(number), unit, number == 1 ? "" : "s");
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  std::uint64_t rest = bytes;
  for (; unit < units.size() && rest != 0 && rest % 1024 == 0; ++unit) rest /= 1024;
  return unit == 0 ? counted(bytes, "byte") : fmt::format("{} {}", grouped(rest), units[unit - 1]);
}

std::string Style::paint(Paint paint, std::string_view text) const {
  if (!color_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(paint), text);
}

void ColorOption::add_to(CLI::App& verb) {
  add_choice(verb, "--color", when_, {"auto", "always", "never"}, "Colour: auto, always or never");
}

Style ColorOption::style() const {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const bool color = when_ == "always" || (when_ == "auto" && is_terminal && wants_color());
  return {color, is_terminal ? terminal_width() : Style().width()};
}

}  // namespace qember::cli
