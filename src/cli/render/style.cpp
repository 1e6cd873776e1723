// SPDX-License-Identifier: LGPL-2.1-or-later
#include "style.hpp"

#include "../common_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace qember::cli {
std::size_t terminal_width(int fd, std::size_t otherwise) noexcept {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}

std::optional<std::size_t> output_width() noexcept {
  static const std::optional<std::size_t> width =
      ::isatty(STDOUT_FILENO) == 1 ? std::optional(terminal_width(STDOUT_FILENO, 80)) : std::nullopt;
  return width;
}

bool is_dumb_terminal() noexcept {
  const char* const term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

bool wants_color() noexcept {
  const char* const no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && !is_dumb_terminal();
}

namespace {

constexpr std::string_view ellipsis = "…";

bool begins_character(char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0U) != 0x80; }

}  // namespace

std::size_t columns(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string fitted(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t left = width; end < text.size(); ++end)
    if (begins_character(text[end]) && left-- <= 1) break;
  return std::string(text.substr(0, end)) + std::string(width == 0 ? "" : ellipsis);
}

std::string fitted_end(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  std::size_t begin = text.size();
  for (std::size_t left = width; left > 1 && begin > 0;)
    if (begins_character(text[--begin])) --left;
  return std::string(width == 0 ? "" : ellipsis) + std::string(text.substr(begin));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  std::uint64_t rest = bytes;
  for (; unit < units.size() && rest != 0 && rest % 1024 == 0; ++unit) rest /= 1024;
  return unit == 0 ? counted(bytes, "byte") : fmt::format("{} {}", grouped(rest), units[unit - 1]);
}

namespace {

/// In the largest unit of which there is one.
struct Scaled {
  double value;
  std::string_view unit;
};

Scaled scaled(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return {value, units[unit]};
}

}  // namespace

std::string binary_size(std::uint64_t bytes) {
  const auto [value, unit] = scaled(bytes);
  return bytes < 1024 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, unit);
}

std::string short_size(std::uint64_t bytes) {
  const auto [value, unit] = scaled(bytes);
  return value == std::floor(value) ? fmt::format("{:.0f} {}", value, unit) : binary_size(bytes);
}

std::string Style::paint(Paint paint, std::string_view text) const {
  if (!color_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(paint), text);
}

void ColorOption::add_to(CLI::App& verb) {
  add_choice(verb, "--color", when_, {"auto", "always", "never"}, "Colour: auto, always or never");
}

Style ColorOption::style() const {
  const auto width = output_width();
  const bool color = when_ == "always" || (when_ == "auto" && width && wants_color());
  return {color, width.value_or(Style().width())};
}

}  // namespace qember::cli
