// SPDX-License-Identifier: LGPL-2.1-or-later
/// From virtual to guest-physical addresses, by the page tables that a CPU goes by.
#pragma once

#include <qember/advanced/device/registers.hpp>

#include <functional>

namespace qember::vm {

/// Fills `to` from that guest-physical address on.
using ReadPhysical = std::function<Status(std::uint64_t address, MutableBytes to)>;

/// What a virtual address is.
struct Translation {
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t size = 0;     ///< bytes from there on that are in the same page, at least 1
};

/// Translates a virtual address as the CPU would for a read of its own, whatever it may access: of x86 with
/// paging off, of 32 bits, PAE, and with 4 or 5 levels (then `address` is the linear one, past segments); of
/// aarch64 in EL0 and EL1; of riscv64 with Sv39, Sv48 and Sv57; of s390x in all modes but that of access
/// registers.
///
/// `Errc::unsupported`, with its name, for an architecture or a mode that is not one of those; `Errc::usage`
/// where the address is none that the mode has, or is not mapped; and the errors of `read`, which is called
/// at most 6 times.
Result<Translation> translate(const device::CpuRegisters& cpu, std::uint64_t address,
                              const ReadPhysical& read);

}  // namespace qember::vm
