// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/layout.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint64_t one_mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t four_gib = std::uint64_t{1} << 32U;

/// RAM of `limit` bytes and more is split at `split`, else it is in one piece.
struct SplitRule {
  std::string_view machine;  ///< what its name begins with
  std::uint64_t limit;
  std::uint64_t split;
};

// The split of the PCI boards moves down to a multiple of 1 GiB as soon as there has to be one (machine types
// since 2.0; older ones do not name themselves in the stream).
constexpr SplitRule rules[] = {
    {"pc-i440fx", 0xe0000000, 0xc0000000},
    {"pc-q35", 0xb0000000, 0x80000000},
    {"microvm", 0xc0000000, 0xc0000000},
    {"isapc", 0xe0000000, 0xe0000000},
};

/// Below this no board splits.
constexpr std::uint64_t smallest_limit = 0xb0000000;

}  // namespace

std::optional<Hole> pc_hole(std::string_view machine, std::uint64_t ram) noexcept {
  for (const SplitRule& rule : rules)
    if (machine.starts_with(rule.machine)) return Hole{ram >= rule.limit ? rule.split : rule.limit, four_gib};
  if (!machine.empty() || ram >= smallest_limit) return std::nullopt;
  return Hole{smallest_limit, four_gib};
}

std::vector<PhysicalRange> place_ram(std::uint64_t ram, Hole hole) {
  std::vector<PhysicalRange> ranges;
  const std::uint64_t low = std::min(ram, hole.begin);
  const std::uint64_t legacy = std::min(low, one_mib);
  if (legacy != 0) ranges.push_back({0, 0, legacy});
  if (low > legacy) ranges.push_back({legacy, legacy, low - legacy});
  if (ram > low) ranges.push_back({hole.end, low, ram - low});
  return ranges;
}

Result<std::vector<PhysicalRange>> place_board(std::string_view machine, std::uint64_t ram,
                                               std::optional<Hole> hole) {
  const auto unsupported = [](std::string expected, std::string found) {
    return Error{Errc::unsupported, 0, "memory", std::move(expected), std::move(found)};
  };
  if (!hole) hole = pc_hole(machine, ram);
  if (!hole)
    return unsupported("a machine of known layout (pc-i440fx, pc-q35, microvm), or its hole below 4 GiB",
                       machine.empty() ? "a stream that does not name it" : fmt::format("{:?}", machine));
  // What is above the hole still has addresses of x86-64.
  const std::uint64_t above = ram - std::min(ram, hole->begin);
  if (hole->end > most_address || above > most_address - hole->end)
    return unsupported(fmt::format("RAM below {:#x}", most_address),
                       fmt::format("{} bytes of it from {:#x}", above, hole->end));
  return place_ram(ram, *hole);
}

}  // namespace qember::vm
