// SPDX-License-Identifier: LGPL-2.1-or-later
// RISC-V Privileged Architecture, 10.3 to 10.6, and Svnapot.
#include "paging.hpp"

namespace qember::vm {
namespace {

constexpr std::uint64_t frame_bits = (std::uint64_t{1} << 44U) - 1;

/// The page of an entry that is a leaf; nothing where it is misaligned.
std::optional<Translation> leaf(const Walk& walk, std::uint64_t entry, unsigned level) {
  const std::uint64_t frame = entry >> 10U & frame_bits;
  const unsigned below = 9 * level;
  if (entry >> 63U == 0)
    return (frame & ((std::uint64_t{1} << below) - 1)) == 0
               ? std::optional(walk.page(frame << 12U, 12 + below))
               : std::nullopt;
  // 16 pages, whose place the entry has but for its lowest 4 bits, which are 1000.
  if (level != 0 || (frame & 0xfU) != 8) return std::nullopt;
  return walk.page((frame & ~std::uint64_t{0xf}) << 12U, 16);
}

Result<Translation> walk_levels(const Walk& walk, std::uint64_t table, unsigned levels) {
  for (unsigned level = levels - 1;; --level) {
    const auto entry = walk.entry(table + walk.bits(12 + 9 * level, 9) * 8, 8);
    if (!entry) return entry.error();
    const bool is_valid = (*entry & 1U) != 0;
    const bool is_leaf = (*entry & 0xeU) != 0;
    if (is_valid && is_leaf) {
      if (const auto found = leaf(walk, *entry, level)) return *found;
      return walk.unmapped(*entry, level);
    }
    if (!is_valid || level == 0) return walk.unmapped(*entry, level);
    table = (*entry >> 10U & frame_bits) << 12U;
  }
}

}  // namespace

Result<Translation> translate_riscv(const Walk& walk) {
  constexpr std::uint64_t machine = 3;
  const auto satp = walk.find("satp");
  const auto privilege = walk.find("priv");
  if (!satp || !privilege) return walk.unsupported("a CPU without satp");
  if (walk.get("virt") != 0) return walk.unsupported("a second stage");
  const std::uint64_t mode = *satp >> 60U;
  if (*privilege == machine || mode == 0) return walk.itself();
  if (mode < 8 || mode > 10) return walk.unsupported(fmt::format("satp {:#x}", *satp));
  const auto levels = static_cast<unsigned>(mode - 5);
  if (!is_sign_extended(walk.address(), 12 + 9 * levels - 1))
    return walk.not_an_address(fmt::format("Sv{}", 12 + 9 * levels));
  return walk_levels(walk, (*satp & frame_bits) << 12U, levels);
}

}  // namespace qember::vm
