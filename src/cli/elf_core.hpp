// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core of a machine's memory: headers, memory from `core_memory_offset` on, then the notes.
#pragma once

#include <qember/core/result.hpp>
#include <qember/native/guest_layout.hpp>

#include "elf_cpu.hpp"

namespace qember::cli {

/// A run of memory: guest-physical, and in the file.
struct CoreSegment {
  std::uint64_t address = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t size = 0;
};

/// Most segments that there is room for before the memory.
inline constexpr std::size_t max_core_segments = 64;
inline constexpr std::uint64_t core_memory_offset = 4096;

/// The ELF header and program headers, at most `core_memory_offset` bytes: a PT_NOTE and a PT_LOAD for
/// each segment, whose virtual addresses are the physical ones.
Bytes core_headers(std::span<const CoreSegment> segments, std::uint64_t notes_offset, std::uint64_t notes_size);

/// An NT_PRSTATUS and a `QEMU` note for each CPU, then VMCOREINFO where `vmcoreinfo` is not empty.
Bytes core_notes(std::span<const CpuState> cpus, ByteView vmcoreinfo);

/// The text that Linux keeps in its memory as a note of the name VMCOREINFO, for dumps: symbols, sizes, where
/// the kernel is. Looks through bytes [begin, end) of the file; empty where there is none.
Result<Bytes> find_vmcoreinfo(int fd, std::uint64_t begin, std::uint64_t end, const std::string& name);

}  // namespace qember::cli
