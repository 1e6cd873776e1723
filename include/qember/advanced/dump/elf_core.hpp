// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core of a machine's memory: headers, notes, then memory. How much room the notes need is known
/// last, so there is plenty, as a hole; they are not after the memory since crash wants them before it.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/vm/layout.hpp>

#include <qember/advanced/dump/cpu_state.hpp>

namespace qember::dump {

/// A run of memory.
struct CoreSegment {
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t file_offset = 0;
  std::uint64_t size = 0;
  std::uint64_t virtual_address = 0;  ///< the guest-physical one, but of a kernel's image
};

inline constexpr std::uint64_t core_notes_offset = 4096;
/// Room for the notes of 4096 CPUs.
inline constexpr std::uint64_t core_memory_offset = std::uint64_t{4} << 20U;

/// The ELF header and program headers, less than `core_notes_offset` bytes: a PT_NOTE and a PT_LOAD for each
/// of at most 64 segments.
Bytes core_headers(std::span<const CoreSegment> segments, std::uint64_t notes_size);

/// An NT_PRSTATUS and a `QEMU` note for each CPU, then VMCOREINFO where `vmcoreinfo` is not empty.
Bytes core_notes(std::span<const CpuState> cpus, ByteView vmcoreinfo);

}  // namespace qember::dump
