// SPDX-License-Identifier: LGPL-2.1-or-later
/// How text looks on a terminal.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/printable.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace qember::cli {

/// Columns of a text that is printable.
std::size_t columns(std::string_view text) noexcept;

/// The text where it has at most `width` columns; else its begin or its end, and `…` for what is left out.
std::string fitted(std::string_view text, std::size_t width);
std::string fitted_end(std::string_view text, std::size_t width);

/// `128 MiB` where it is a whole number of them, else like `123,456 bytes`.
std::string size_text(std::uint64_t bytes);
/// `10.5 MiB`
std::string binary_size(std::uint64_t bytes);
/// The same without a fraction where there is none.
std::string short_size(std::uint64_t bytes);
/// A paint's number is that of its SGR sequence.
enum class Paint : std::uint8_t { bold = 1, dim = 2, red = 31, green = 32, yellow = 33, cyan = 36 };

/// Columns of the terminal that `fd` is, `otherwise` where it is none or does not tell.
std::size_t terminal_width(int fd, std::size_t otherwise) noexcept;
/// Columns of the terminal that standard output was at first, before a pager took it; nothing for none.
std::optional<std::size_t> output_width() noexcept;
/// Whether TERM says that a terminal can do no more than print: it is not set, or is `dumb`.
bool is_dumb_terminal() noexcept;
/// Whether a terminal gets colours where nothing else is asked for: not where NO_COLOR is set, TERM is not,
/// or is `dumb`.
bool wants_color() noexcept;

class Style {
 public:
  Style() = default;
  Style(bool color, std::size_t width) : color_(color), width_(width) {}

  bool has_color() const noexcept { return color_; }
  std::size_t width() const noexcept { return width_; }
  std::string paint(Paint paint, std::string_view text) const;

 private:
  bool color_ = false;
  std::size_t width_ = 100;
};

/// `--color`. On a terminal `auto` means colour, unless NO_COLOR is set or TERM is `dumb`.
class ColorOption {
 public:
  void add_to(CLI::App& verb);
  /// Of standard output.
  Style style() const;

 private:
  std::string when_ = "auto";
};

}  // namespace qember::cli
