// SPDX-License-Identifier: LGPL-2.1-or-later
/// The map of a stream's memory in a terminal, and in plain text.
#pragma once

#include <qember/advanced/vm/page_map.hpp>

#include <optional>
#include <string>

namespace qember::cli {

enum class ColourDepth : std::uint8_t { none, indexed, direct };

struct TextStyle {
  std::size_t width = 80;  ///< columns
  ColourDepth colours = ColourDepth::none;
};

/// As a terminal's user expects: its width, and colours unless NO_COLOR is set or TERM is `dumb`; plain, 80
/// columns wide, where `fd` is no terminal.
TextStyle text_style(int fd);

/// For each block which pages were sent as what, and beside that how often again, by address; then what
/// each round sent.
std::string map_text(const vm::PageMap& map, const std::string& title, TextStyle style);

}  // namespace qember::cli
