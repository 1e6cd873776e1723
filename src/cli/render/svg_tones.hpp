// SPDX-License-Identifier: LGPL-2.1-or-later
/// Colours of a drawing that is seen on a light ground or on a dark one.
#pragma once

#include "map_grid.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

namespace qember::cli {

inline std::string hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

/// A colour on a light ground, and the same on a dark one.
struct Tone {
  Colour light, dark;
  friend bool operator==(const Tone&, const Tone&) = default;
};

inline Tone form_tone(const vm::PageBin& bin, std::uint64_t pages) {
  return {colour_of(light_palette, bin, pages), colour_of(dark_palette, bin, pages)};
}
inline Tone heat_tone(std::size_t level) { return {light_palette.heat[level], dark_palette.heat[level]}; }
inline Tone tone(Colour Palette::* colour) { return {light_palette.*colour, dark_palette.*colour}; }

/// Classes of tones that a drawing has used.
class Tones {
 public:
  const std::string& class_of(const Tone& tone) {
    std::string& name = classes_[hex(tone.light) + hex(tone.dark)];
    if (!name.empty()) return name;
    name = fmt::format("c{}", classes_.size());
    light_ += fmt::format(".{}{{fill:{}}}", name, hex(tone.light));
    dark_ += fmt::format(".{}{{fill:{}}}", name, hex(tone.dark));
    return name;
  }
  const std::string& light() const { return light_; }
  const std::string& dark() const { return dark_; }

 private:
  std::map<std::string, std::string> classes_;
  std::string light_, dark_;
};

}  // namespace qember::cli
