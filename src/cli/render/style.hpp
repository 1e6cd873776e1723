// SPDX-License-Identifier: LGPL-2.1-or-later
/// How text looks on a terminal, and what of it may reach one.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string>

namespace CLI {
class App;
}

namespace qember::cli {

/// `text` as it can be printed anywhere, JSON included: control characters, bytes that are not UTF-8, and
/// characters that turn the direction of writing become `\xNN`, a backslash `\\`. Names come from streams.
std::string printable(std::string_view text);
/// The same of a line that is put together already, backslashes and all.
std::string printable_line(std::string_view text);

/// Columns of a text that is printable.
std::size_t columns(std::string_view text) noexcept;

/// `128 MiB` where it is a whole number of them, else like `123,456 bytes`.
std::string size_text(std::uint64_t bytes);
/// `123,456`
std::string grouped(std::uint64_t number);
/// `1 byte`, `2 bytes`
std::string counted(std::uint64_t number, std::string_view unit);

/// A paint's number is that of its SGR sequence.
enum class Paint : std::uint8_t { bold = 1, dim = 2, red = 31, green = 32, yellow = 33, cyan = 36 };

class Style {
 public:
  Style() = default;
  Style(bool color, std::size_t width) : color_(color), width_(width) {}

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
