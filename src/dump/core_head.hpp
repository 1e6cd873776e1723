// SPDX-License-Identifier: LGPL-2.1-or-later
/// What stands before the memory in a core.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>

#include "vmcoreinfo.hpp"

namespace qember::dump {

inline Error refuse_core(std::string expected, std::string found) {
  return {Errc::unsupported, 0, "ELF core", std::move(expected), std::move(found)};
}

/// The bytes before `core_memory_offset`.
struct CoreHead {
  Bytes headers;  ///< from the first byte of the file on
  std::uint64_t notes_offset = 0;
  Bytes notes;
};

/// Of a core with that memory: its segments, to which the kernel's image is added where `vmcoreinfo` tells
/// it and virtual memory is not among them. `Errc::unsupported` where the notes have no room.
Result<CoreHead> make_core_head(const CoreForm& form, std::span<const device::CpuRegisters> cpus,
                                std::vector<CoreSegment> segments, ByteView vmcoreinfo);

}  // namespace qember::dump
