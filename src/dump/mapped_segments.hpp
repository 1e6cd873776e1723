// SPDX-License-Identifier: LGPL-2.1-or-later
/// The virtual memory of a guest's kernel, as segments of a core.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>
#include <qember/advanced/vm/paging.hpp>

namespace qember::dump {

/// What the kernel has mapped of the memory that `memory` has, which is in order of its addresses: in order
/// of virtual addresses. Errors are those of `vm::kernel_mappings`.
///
/// By the page tables of the first CPU that map an eighth of it, else by those that map the most: a CPU that
/// runs a process may have only what leads into the kernel, where tables are kept apart. Of arm64 the last to
/// be tried are those that VMCOREINFO names. None where no CPU translates addresses.
Result<std::vector<CoreSegment>> mapped_segments(std::span<const device::CpuRegisters> cpus,
                                                 std::span<const CoreSegment> memory,
                                                 std::string_view vmcoreinfo, const vm::ReadPhysical& read);

/// Bytes of all of them.
std::uint64_t size_of(std::span<const CoreSegment> segments);

}  // namespace qember::dump
