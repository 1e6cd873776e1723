// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core of a machine's memory: headers, notes, then memory. How much room the notes need is known
/// last, so there is plenty, as a hole; they are not after the memory since crash wants them before it.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/device/registers.hpp>

namespace qember::dump {

/// A run of memory.
struct CoreSegment {
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t file_offset = 0;
  std::uint64_t size = 0;
  std::uint64_t virtual_address = 0;  ///< the guest-physical one, but of what a kernel has mapped
};

/// Room for the notes of thousands of CPUs.
inline constexpr std::uint64_t core_memory_offset = std::uint64_t{4} << 20U;

/// How many segments the memory of a core may have.
inline constexpr std::size_t most_core_segments = 64;

/// What kind of ELF file a core is.
struct CoreForm {
  std::uint16_t machine = 0;  ///< EM_...
  bool is_64 = true;
  bool is_big_endian = false;
};

/// The form of a core with those CPUs and that memory: 64 bits where addresses need them. Of no CPUs,
/// `architecture`'s, as `device::CpuRegisters` calls it. `Errc::unsupported` where that is not known.
Result<CoreForm> core_form(std::span<const device::CpuRegisters> cpus, std::string_view architecture,
                           std::span<const CoreSegment> segments);

/// How many segments a core may have with those of virtual memory: the ELF header has 16 bits for it.
inline constexpr std::size_t most_core_loads = 65000;

/// Where the notes are in a core of that form with so many segments: behind the program headers.
std::uint64_t core_notes_offset(const CoreForm& form, std::size_t segments);

/// The ELF header and program headers: a PT_NOTE and a PT_LOAD for each of at most `most_core_loads`.
Bytes core_headers(const CoreForm& form, std::span<const CoreSegment> segments, std::uint64_t notes_size);

/// The notes of each CPU that QEMU's dumps have of its architecture, then VMCOREINFO where `vmcoreinfo` is
/// not empty.
Bytes core_notes(const CoreForm& form, std::span<const device::CpuRegisters> cpus, ByteView vmcoreinfo);

}  // namespace qember::dump
