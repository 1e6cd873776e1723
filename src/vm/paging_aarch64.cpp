// SPDX-License-Identifier: LGPL-2.1-or-later
// Arm Architecture Reference Manual, D8: the translation of EL1 and EL0, whose tables are of 4, 16 or 64 KiB.
#include "paging.hpp"

namespace qember::vm {
namespace {

/// One half of the address space.
struct Half {
  std::uint64_t table = 0;
  unsigned width = 0;    ///< bits of an address in it
  unsigned granule = 0;  ///< bits of an offset in a page
  bool is_disabled = false;
  bool has_tag = false;  ///< in the upper 8 bits, which are left out
};

std::optional<unsigned> low_granule(std::uint64_t tg0) {
  switch (tg0) {
    case 0: return 12;
    case 1: return 16;
    case 2: return 14;
    default: return std::nullopt;
  }
}

std::optional<unsigned> high_granule(std::uint64_t tg1) {
  switch (tg1) {
    case 1: return 14;
    case 2: return 12;
    case 3: return 16;
    default: return std::nullopt;
  }
}

/// By TCR_EL1; bit 55 of the address tells which half it is in.
std::optional<Half> half_of(const Walk& walk, std::uint64_t tcr) {
  const bool is_high = walk.bits(55, 1) != 0;
  const auto granule = is_high ? high_granule(tcr >> 30U & 3U) : low_granule(tcr >> 14U & 3U);
  const auto unused = static_cast<unsigned>(tcr >> (is_high ? 16U : 0U) & 0x3fU);
  // More than 47 with pages of 64 KiB would leave no bits for a table (Arm ARM, TCR_EL1.T0SZ).
  if (!granule || unused < 16 || unused > (*granule == 16 ? 47U : 48U)) return std::nullopt;
  return Half{walk.get(is_high ? "ttbr1_el1" : "ttbr0_el1"), 64 - unused, *granule,
              (tcr >> (is_high ? 23U : 7U) & 1U) != 0, (tcr >> (is_high ? 38U : 37U) & 1U) != 0};
}

bool is_in(const Half& half, const Walk& walk) {
  const bool is_high = walk.bits(55, 1) != 0;
  const unsigned top = half.has_tag ? 56 : 64;
  const unsigned count = top - half.width;
  const std::uint64_t upper =
      count == 0 ? 0 : walk.address() >> half.width & (~std::uint64_t{0} >> (64 - count));
  return upper == (is_high && count != 0 ? ~std::uint64_t{0} >> (64 - count) : 0);
}

/// Blocks are in level 1 of 4 KiB granules, and in level 2.
bool may_be_block(unsigned level, unsigned granule) { return level == 2 || (level == 1 && granule == 12); }

Result<Translation> walk_half(const Walk& walk, const Half& half) {
  const unsigned stride = half.granule - 3;
  unsigned level = 3 - (half.width - half.granule - 1) / stride;
  unsigned index_bits = half.width - half.granule - stride * (3 - level);
  // The first table is aligned to its size; the lowest bit of TTBR is none of it.
  std::uint64_t table = half.table & 0xffff'ffff'fffe & ~((std::uint64_t{8} << index_bits) - 1);
  const std::uint64_t frame_bits = 0xffff'ffff'ffff & ~((std::uint64_t{1} << half.granule) - 1);
  for (;; ++level, index_bits = stride) {
    const unsigned shift = half.granule + stride * (3 - level);
    const auto entry = walk.entry(table + walk.bits(shift, index_bits) * 8, 8);
    if (!entry) return entry.error();
    const bool is_table = (*entry & 2U) != 0;
    const bool is_block = !is_table && may_be_block(level, half.granule);
    if ((*entry & 1U) == 0 || (level == 3 && !is_table) || (level != 3 && !is_table && !is_block))
      return walk.unmapped(*entry, level);
    if (level == 3 || is_block) return walk.page(*entry & frame_bits, shift);
    table = *entry & frame_bits;
  }
}

}  // namespace

Result<Translation> translate_aarch64(const Walk& walk) {
  const auto sctlr = walk.find("sctlr_el1");
  const auto tcr = walk.find("tcr_el1");
  if (!sctlr || !tcr) return walk.unsupported("a CPU without its system registers");
  const std::uint64_t level = walk.get("pstate") >> 2U & 3U;
  if (level > 1) return walk.unsupported(fmt::format("EL{}", level));
  if ((walk.get("hcr_el2") & 1U) != 0) return walk.unsupported("a second stage");
  if ((*sctlr & 1U) == 0) return walk.itself();
  const bool has_52_bits = (*tcr >> 59U & 1U) != 0 || (*tcr >> 32U & 7U) == 6;
  if (has_52_bits) return walk.unsupported("addresses of 52 bits");
  const auto half = half_of(walk, *tcr);
  if (!half) return walk.unsupported(fmt::format("TCR_EL1 {:#x}", *tcr));
  if (!is_in(*half, walk)) return walk.not_an_address("EL1");
  if (half->is_disabled) return walk.unmapped(*tcr, 0);
  return walk_half(walk, *half);
}

}  // namespace qember::vm
