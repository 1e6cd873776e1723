// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_grid.hpp"

#include "style.hpp"

#include <fmt/format.h>

#include <cmath>

namespace qember::cli {
namespace {

constexpr double blend_steps = 6;

/// From `a` (0) to `b` (1), in steps so that neighbours get the same colour.
Colour blend(Colour a, Colour b, double share) {
  share = std::ceil(share * blend_steps) / blend_steps;
  const auto mix = [share](std::uint8_t from, std::uint8_t to) {
    return static_cast<std::uint8_t>(std::lround(from + (to - from) * share));
  };
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

const Palette dark_palette{
    {24, 26, 31},
    {62, 74, 89},
    {77, 163, 255},
    {255, 176, 59},
    {{{24, 26, 31},
      {74, 46, 110},
      {135, 48, 120},
      {196, 64, 100},
      {238, 104, 64},
      {250, 170, 60},
      {255, 241, 172}}},
};

const Palette light_palette{
    {243, 240, 233},
    {196, 208, 219},
    {27, 94, 166},
    {236, 138, 22},
    {{{233, 234, 236},
      {252, 214, 150},
      {249, 174, 96},
      {236, 118, 64},
      {205, 62, 82},
      {140, 34, 110},
      {62, 15, 84}}},
};

Colour colour_of(const Palette& palette, const vm::PageBin& bin, std::uint64_t pages) {
  const Colour ground = blend(palette.unsent, palette.zero, share_of(bin.zero, pages - bin.full - bin.delta));
  const Colour contents =
      blend(palette.full, palette.delta, std::sqrt(share_of(bin.delta, bin.full + bin.delta)));
  return blend(ground, contents, std::sqrt(share_of(bin.full + bin.delta, pages)));
}

const std::array<std::string_view, vm::heat_levels> heat_names{"never", "once",  "2-3", "4-7",
                                                               "8-15",  "16-31", "32+"};

std::string forms_text(const vm::PageBin& all, std::uint64_t pages) {
  const std::pair<std::uint64_t, std::string_view> parts[] = {
      {all.full, "full"}, {all.delta, "delta"}, {all.zero, "zero"}, {pages - all.sent(), "never sent"}};
  std::string text;
  for (const auto& [count, form] : parts)
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), form);
  return text;
}

std::string again_text(const vm::PageBin& all) {
  return fmt::format("{} sent again{}", grouped(all.again),
                     all.resent == all.again ? "" : fmt::format(", {} times", grouped(all.resent)));
}

std::string round_text(const vm::RoundTally& round) {
  return round.first == round.last ? fmt::format("round {}", round.first)
                                   : fmt::format("rounds {}-{}", round.first, round.last);
}

}  // namespace qember::cli
