// SPDX-License-Identifier: LGPL-2.1-or-later
#include "paging.hpp"

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

// Intel SDM, volume 3, 4.3 to 4.5.

constexpr std::uint64_t present = 1;
constexpr std::uint64_t large = std::uint64_t{1} << 7U;
constexpr std::uint64_t frame_bits = 0x000f'ffff'ffff'f000;

/// Two levels of 1024 entries of 4 bytes.
Result<Translation> walk_32(const Walk& walk, bool has_large) {
  const auto directory = walk.entry((walk.get("cr3") & 0xffff'f000U) + walk.bits(22, 10) * 4, 4);
  if (!directory) return directory.error();
  if ((*directory & present) == 0) return walk.unmapped(*directory, 2);
  if (has_large && (*directory & large) != 0) {
    const std::uint64_t upper = *directory >> 13U & 0xffU;  // PSE-36
    return walk.page((*directory & 0xffc0'0000U) | upper << 32U, 22);
  }
  const auto table = walk.entry((*directory & 0xffff'f000U) + walk.bits(12, 10) * 4, 4);
  if (!table) return table.error();
  if ((*table & present) == 0) return walk.unmapped(*table, 1);
  return walk.page(*table & 0xffff'f000U, 12);
}

/// Levels of 512 entries of 8 bytes, from `level` down; the first may have fewer.
Result<Translation> walk_64(const Walk& walk, std::uint64_t table, unsigned level, unsigned index_bits,
                            unsigned largest) {
  for (;; --level, index_bits = 9) {
    const unsigned shift = 12 + 9 * (level - 1);
    const auto entry = walk.entry(table + walk.bits(shift, index_bits) * 8, 8);
    if (!entry) return entry.error();
    if ((*entry & present) == 0) return walk.unmapped(*entry, level);
    if (level == 1 || (level <= largest && (*entry & large) != 0))
      return walk.page(*entry & frame_bits, shift);
    table = *entry & frame_bits;
  }
}

Result<Translation> paged_x86(const Walk& walk) {
  const std::uint64_t cr0 = walk.get("cr0");
  const std::uint64_t cr4 = walk.get("cr4");
  const bool is_long = (walk.get("efer") >> 10U & 1U) != 0;
  if (is_long) {
    const unsigned levels = (cr4 >> 12U & 1U) != 0 ? 5 : 4;
    if (!is_sign_extended(walk.address(), 12 + 9 * levels - 1)) return walk.not_an_address("64-bit mode");
    return walk_64(walk, walk.get("cr3") & frame_bits, levels, 9, 3);
  }
  if (walk.address() >> 32U != 0) return walk.not_an_address("32-bit mode");
  if ((cr0 >> 31U & 1U) == 0) return walk.itself();
  if ((cr4 >> 5U & 1U) != 0) return walk_64(walk, walk.get("cr3") & 0xffff'ffe0U, 3, 2, 2);
  return walk_32(walk, (cr4 >> 4U & 1U) != 0);
}

}  // namespace

Result<std::uint64_t> Walk::entry(std::uint64_t at, std::size_t size, bool big_endian) const {
  std::array<std::uint8_t, 8> bytes{};
  has_looked_ = true;
  if (auto status = read_(at, MutableBytes(bytes).first(size)); !status) return std::move(status.error());
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | bytes[big_endian ? i : size - 1 - i];
  return value;
}

/// With A20 off, bit 20 of every address is 0.
Result<Translation> translate_x86(const Walk& walk) {
  auto found = paged_x86(walk);
  constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
  if (!found || (walk.find("a20_mask").value_or(~std::uint64_t{0}) & mib) != 0) return found;
  // What goes on behind the next MiB is somewhere else.
  found->size = std::min(found->size, mib - (found->address & (mib - 1)));
  found->address &= ~mib;
  return found;
}

Result<Translation> translate(const Walk& walk) {
  const std::string_view architecture = walk.architecture();
  if (architecture == "x86_64" || architecture == "i386") return translate_x86(walk);
  if (architecture == "aarch64") return translate_aarch64(walk);
  if (architecture == "riscv64") return translate_riscv(walk);
  if (architecture == "s390x") return translate_s390x(walk);
  return Error{Errc::unsupported, 0, "cpu", "a CPU of x86, aarch64, riscv64 or s390x",
               std::string(architecture)};
}

Result<Translation> translate(const device::CpuRegisters& cpu, std::uint64_t address,
                              const ReadPhysical& read) {
  return translate(Walk(cpu, address, read));
}

}  // namespace qember::vm
