// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/mappings.hpp>

#include "paging.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

/// Virtual addresses from the first to the last.
struct AddressRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// From the address on whose lowest `bits` bits are 0, and all others 1.
AddressRange upper(unsigned bits) { return {bits < 64 ? ~std::uint64_t{0} << bits : 0, ~std::uint64_t{0}}; }

std::optional<AddressRange> range_x86(const Walk& walk) {
  if ((walk.get("cr0") >> 31U & 1U) == 0) return {};
  const bool is_long = (walk.get("efer") >> 10U & 1U) != 0;
  if (!is_long) return AddressRange{0, 0xffff'ffff};
  return upper((walk.get("cr4") >> 12U & 1U) != 0 ? 56 : 47);
}

/// T1SZ of TCR_EL1 says how many bits are not used.
std::optional<AddressRange> range_aarch64(const Walk& walk) {
  if ((walk.get("sctlr_el1") & 1U) == 0) return {};
  const auto unused = static_cast<unsigned>(walk.get("tcr_el1") >> 16U & 0x3fU);
  return upper(64 - std::max(unused, 1U));
}

std::optional<AddressRange> range_riscv(const Walk& walk) {
  const auto mode = static_cast<unsigned>(walk.get("satp") >> 60U);
  if (mode == 0) return {};
  return upper(std::min(12 + 9 * (mode - 5) - 1, 63U));
}

/// The type of the address space says how many levels it has.
std::optional<AddressRange> range_s390x(const Walk& walk) {
  const std::uint64_t mask = walk.get("pswm");
  if ((mask >> 58U & 1U) == 0) return {};
  const auto level = static_cast<unsigned>(walk.get(address_space_register(mask)) >> 2U & 3U);
  const unsigned bits = 31 + 11 * level;
  return AddressRange{0, bits < 64 ? (std::uint64_t{1} << bits) - 1 : ~std::uint64_t{0}};
}

/// Nothing where translation is off.
std::optional<AddressRange> kernel_range(const Walk& walk) {
  if (walk.architecture() == "aarch64") return range_aarch64(walk);
  if (walk.architecture() == "riscv64") return range_riscv(walk);
  if (walk.architecture() == "s390x") return range_s390x(walk);
  return range_x86(walk);
}

Error beyond(std::string_view name, std::size_t most, std::string_view what) {
  return {Errc::limit, 0, "page tables", fmt::format("{}: at most {} {}", name, most, what), "more"};
}

void add(std::vector<Mapping>& to, const Mapping& next) {
  if (!to.empty() && to.back().virtual_address + to.back().size == next.virtual_address &&
      to.back().address + to.back().size == next.address)
    to.back().size += next.size;
  else
    to.push_back(next);
}

}  // namespace

Result<std::vector<Mapping>> kernel_mappings(const device::CpuRegisters& cpu, const ReadPhysical& read) {
  std::vector<Mapping> mappings;
  const auto range = kernel_range(Walk(cpu, 0, read));
  if (!range) return mappings;
  std::uint64_t address = range->first;
  for (std::size_t pages = 0;; ++pages) {
    if (pages >= most_mapped_pages) return beyond("most_mapped_pages", most_mapped_pages, "pages and gaps");
    const Walk walk(cpu, address, read);
    const auto found = translate(walk);
    if (!found && found.error().code == Errc::unsupported && !walk.has_looked()) return found.error();
    const std::uint64_t gap = std::uint64_t{1} << walk.last_shift();
    const std::uint64_t size = found ? found->size : gap - (address & (gap - 1));
    if (found) add(mappings, {address, found->address, size});
    if (mappings.size() > most_mappings) return beyond("most_mappings", most_mappings, "runs of pages");
    if (range->last - address < size) return mappings;
    address += size;
  }
}

}  // namespace qember::vm
