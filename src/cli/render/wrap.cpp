// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wrap.hpp"

#include <algorithm>
#include <cstdint>

namespace qember::cli {
namespace {

/// The size of what stands in the begin of `text` as one: a character, or a sequence that gives a colour.
struct Glyph {
  std::size_t bytes;
  std::size_t columns;
};

Glyph next_glyph(std::string_view text) {
  if (text.starts_with("\x1b[")) return {std::min(text.find('m'), text.size() - 1) + 1, 0};
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<std::uint8_t>(text[bytes]) & 0xc0U) == 0x80) ++bytes;
  return {bytes, 1};
}

/// Walks over the glyphs of a line up to the first for which `take` says no.
template <class Take>
void walk(std::string_view line, const Take& take) {
  for (std::size_t at = 0, column = 0; at < line.size();) {
    const Glyph glyph = next_glyph(line.substr(at));
    if (!take(at, column, glyph)) return;
    at += glyph.bytes;
    column += glyph.columns;
  }
}

/// Where the value of a line begins: behind the first two spaces that follow a word.
std::size_t value_column(std::string_view line, std::size_t width) {
  std::size_t indent = 0;
  std::size_t found = 0;
  std::size_t spaces = 0;
  bool has_word = false;
  walk(line, [&](std::size_t at, std::size_t column, const Glyph& glyph) {
    if (glyph.columns == 0) return true;
    const bool is_space = line[at] == ' ';
    if (!is_space && !has_word) indent = column;
    if (!is_space && has_word && spaces > 1) found = column;
    has_word = has_word || !is_space;
    spaces = is_space ? spaces + 1 : 0;
    return found == 0;
  });
  constexpr std::size_t step = 4;
  return found != 0 && found <= width / 2 ? found : std::min(indent + step, width / 2);
}

/// How many bytes of the line, which begins at a column, fit: up to a space behind the first word, or a bar
/// between the names of bits. All of it where nothing has to be divided, or can be.
std::size_t fitting(std::string_view line, std::size_t begin, std::size_t width) {
  std::size_t end = line.size();
  bool is_over = false;
  bool has_word = false;
  walk(line, [&](std::size_t at, std::size_t column, const Glyph& glyph) {
    const bool is_space = line[at] == ' ';
    is_over = is_over || (begin + column >= width && glyph.columns != 0 && !is_space);
    if (is_over && end != line.size()) return false;
    if (is_space && has_word) end = at;
    if (line[at] == '|' && has_word && begin + column + 1 <= width) end = at + 1;
    has_word = has_word || (!is_space && glyph.columns != 0);
    return !is_over || end == line.size();
  });
  return is_over ? end : line.size();
}

void add_line(std::string& out, std::string_view line, std::size_t width) {
  // Spaces at its end would take a line of their own.
  line = line.substr(0, line.find_last_not_of(' ') + 1);
  std::size_t left = 0;
  for (;;) {
    const std::size_t end = fitting(line, left, width);
    out += line.substr(0, end);
    out += '\n';
    if (end == line.size()) return;
    if (left == 0) left = value_column(line, width);
    line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
    if (line.empty()) return;
    out.append(left, ' ');
  }
}

}  // namespace

std::string wrapped_lines(std::string_view text, std::size_t width) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    add_line(out, text.substr(0, end), width);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace qember::cli
