// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pc_hole.hpp"

#include "addressable.hpp"
#include "node_order.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint64_t four_gib = std::uint64_t{1} << 32U;

}  // namespace

std::optional<Hole> hole_of_tables(std::span<const MemoryAffinity> ranges, std::uint64_t ram) {
  std::uint64_t below = 0, above = most_address, sum = 0;
  for (const std::uint64_t size : node_sizes(ranges, true)) sum += size;
  for (const MemoryAffinity& range : ranges) {
    if (range.is_hotpluggable || range.is_persistent || range.size == 0) continue;
    if (!is_addressable(range.base, range.size)) return std::nullopt;
    if (range.base < four_gib)
      below = std::max(below, range.base + range.size);
    else
      above = std::min(above, range.base);
  }
  if (above == most_address) above = four_gib;
  const bool is_split = below <= four_gib && below % 4096 == 0 && above % 4096 == 0;
  return sum == ram && is_split ? std::optional(Hole{below, above}) : std::nullopt;
}

std::optional<Hole> hole_of_clock(const MemoryDevices::Split& split, std::string_view machine,
                                  std::uint64_t ram) {
  if (split.below > four_gib) return std::nullopt;
  constexpr std::uint64_t unit = std::uint64_t{64} << 10U;
  const std::uint64_t below = split.above == 0 ? ram : split.below;
  if (below > ram || below / unit * unit != split.below || (ram - below) / unit * unit != split.above)
    return std::nullopt;
  const auto rule = pc_hole(machine, ram);
  if (rule && below == std::min(ram, rule->begin)) return std::nullopt;
  return Hole{below, four_gib};
}

}  // namespace qember::vm
