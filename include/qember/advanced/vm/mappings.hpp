// SPDX-License-Identifier: LGPL-2.1-or-later
/// All that a kernel has mapped, by the page tables of a CPU.
#pragma once

#include <qember/advanced/vm/paging.hpp>

#include <vector>

namespace qember::vm {

/// Addresses that follow one another, as virtual ones and as guest-physical ones.
struct Mapping {
  std::uint64_t virtual_address = 0;
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t size = 0;     ///< in bytes
};

/// Pages and gaps in page tables that are gone through, whatever the tables say: they may lead back to
/// themselves.
inline constexpr std::size_t most_mapped_pages = std::size_t{1} << 20U;
/// How many mappings that do not join others there may be.
inline constexpr std::size_t most_mappings = 60000;

/// The mappings of the kernel, in order of their virtual addresses: of x86-64 and riscv64 the upper half of
/// the addresses, of aarch64 what TTBR1 is for; of x86 with addresses of 32 bits and of s390x all that the
/// CPU has. Those that neighbour in both are one. Tables that can't be read have nothing.
///
/// None where translation is off. `Errc::unsupported` for a CPU that `translate` does not know, and
/// `Errc::limit` beyond `most_mapped_pages` or `most_mappings`.
Result<std::vector<Mapping>> kernel_mappings(const device::CpuRegisters& cpu, const ReadPhysical& read);

}  // namespace qember::vm
