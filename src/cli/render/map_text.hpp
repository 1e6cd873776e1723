// SPDX-License-Identifier: LGPL-2.1-or-later
/// The map of a stream's memory in a terminal, and in plain text.
#pragma once

#include <qember/advanced/vm/page_map.hpp>
#include "style.hpp"

#include <optional>
#include <string>

namespace qember::cli {

enum class ColourDepth : std::uint8_t { none, indexed, direct };

struct TextStyle {
  std::size_t width = 80;  ///< columns
  ColourDepth colours = ColourDepth::none;
};

/// Of standard output: a terminal's width, or 80 columns, and the colours that the terminal has.
TextStyle text_style(const Style& style);

/// For each block which pages were sent as what, and beside that how often again, by address, all on one
/// scale, the small ones a line each; then what each round sent. What says nothing of a stream of one round
/// is left out.
std::string map_text(const vm::PageMap& map, const std::string& title, TextStyle style);

}  // namespace qember::cli
