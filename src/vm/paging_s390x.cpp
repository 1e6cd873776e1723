// SPDX-License-Identifier: LGPL-2.1-or-later
// z/Architecture Principles of Operation, SA22-7832: dynamic address translation, and prefixing.
#include "paging.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint64_t invalid = 0x20;
constexpr std::uint64_t origin_bits = ~std::uint64_t{0xfff};

/// Region-first is level 4, region-third 2, segments 1, pages 0.
constexpr unsigned shift_of(unsigned level) noexcept { return level == 0 ? 12 : 20 + 11 * (level - 1); }

/// The lowest 8 KiB of real addresses change places with those of the prefix.
constexpr std::uint64_t prefixed_size = 0x2000;

std::uint64_t absolute(std::uint64_t real, std::uint64_t prefix) noexcept {
  if (real < prefixed_size) return real + prefix;
  return real - prefix < prefixed_size ? real - prefix : real;
}

Result<Translation> walk_pages(const Walk& walk, std::uint64_t segment) {
  const auto entry = walk.entry((segment & ~std::uint64_t{0x7ff}) + walk.bits(12, 8) * 8, 8, true);
  if (!entry) return entry.error();
  if ((*entry & 0xc00U) != 0) return walk.unmapped(*entry, 0);
  return walk.page(*entry & origin_bits, 12);
}

/// `table` has the origin of a table of that level, how long it is, and where it begins.
Result<Translation> walk_tables(const Walk& walk, std::uint64_t table, unsigned level, bool has_large) {
  std::uint64_t first = 0;
  for (std::uint64_t last = table & 3U;; --level) {
    const unsigned shift = shift_of(level);
    const std::uint64_t quarter = walk.bits(shift + 9, 2);
    if (quarter < first || quarter > last) return walk.unmapped(table, level);
    const auto entry = walk.entry((table & origin_bits) + walk.bits(shift, 11) * 8, 8, true);
    if (!entry) return entry.error();
    if ((*entry & invalid) != 0 || (*entry >> 2U & 3U) != level - 1) return walk.unmapped(*entry, level);
    const bool is_large = has_large && level <= 2 && (*entry & 0x400U) != 0;
    if (is_large) return walk.page(*entry & origin_bits, shift);
    if (level == 1) return walk_pages(walk, *entry);
    table = *entry;
    first = *entry >> 6U & 3U;
    last = *entry & 3U;
  }
}

/// By an address-space-control element.
Result<Translation> walk_space(const Walk& walk, std::uint64_t space, bool has_large) {
  if ((space & 0x20U) != 0) return walk.itself();  // a real space
  const auto level = static_cast<unsigned>(space >> 2U & 3U) + 1;
  const unsigned width = shift_of(level) + 11;
  if (width < 64 && walk.address() >> width != 0) return walk.not_an_address("the address space");
  return walk_tables(walk, space, level, has_large);
}

}  // namespace

std::string_view address_space_register(std::uint64_t pswm) noexcept {
  constexpr std::string_view registers[] = {"cr1", "", "cr7", "cr13"};  // primary, access, secondary, home
  return registers[pswm >> 46U & 3U];
}

Result<Translation> translate_s390x(const Walk& walk) {
  const auto mask = walk.find("pswm");
  if (!mask) return walk.unsupported("a CPU without a PSW");
  const bool translates = (*mask >> 58U & 1U) != 0;
  const std::string_view space = address_space_register(*mask);
  if (translates && space.empty()) return walk.unsupported("the access-register mode");
  const bool has_large = (walk.get("cr0") >> 23U & 1U) != 0;
  auto found = translates ? walk_space(walk, walk.get(space), has_large) : walk.itself();
  if (!found) return found;
  const std::uint64_t prefix = walk.get("prefix");
  const Translation real = *found;
  found->address = absolute(real.address, prefix);
  // A large page may hold either end of what changes places.
  for (const std::uint64_t end : {prefixed_size, prefix, prefix + prefixed_size})
    if (end > real.address) found->size = std::min(found->size, end - real.address);
  return found;
}

}  // namespace qember::vm
