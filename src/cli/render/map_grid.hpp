// SPDX-License-Identifier: LGPL-2.1-or-later
/// The colours of cells, and texts: what the pictures of `map` share.
#pragma once

#include "style.hpp"

#include <qember/advanced/vm/page_grid.hpp>

namespace qember::cli {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct Palette {
  Colour unsent, zero, full, delta;
  std::array<Colour, vm::heat_levels> heat;
};

/// For a dark ground, and for a light one. Colours differ in lightness too, for those who tell few hues
/// apart.
extern const Palette dark_palette;
extern const Palette light_palette;

/// A cell's forms as one colour, in few steps; what is rare in it stands out more than its share.
Colour colour_of(const Palette& palette, const vm::PageBin& bin, std::uint64_t pages);

/// What the levels of heat mean.
extern const std::array<std::string_view, vm::heat_levels> heat_names;

/// `3 full, 5 zero`: of what there is.
std::string forms_text(const vm::PageBin& all, std::uint64_t pages);
/// `3 sent again`, or `3 sent again, 5 times`.
std::string again_text(const vm::PageBin& all);
/// `round 3` or `rounds 3-4`.
std::string round_text(const vm::RoundTally& round);

}  // namespace qember::cli
