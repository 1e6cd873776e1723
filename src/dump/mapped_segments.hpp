// SPDX-License-Identifier: LGPL-2.1-or-later
/// The virtual memory of a guest's kernel, as segments of a core.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>
#include <qember/advanced/vm/paging.hpp>

namespace qember::dump {

/// What the kernel has mapped of the memory that `memory` has, which is in order of its addresses: in order
/// of virtual addresses. By the page tables of the first CPU that translates addresses, of x86 sooner one in
/// the kernel than one in a process; none where no CPU does. Errors are those of `vm::kernel_mappings`.
Result<std::vector<CoreSegment>> mapped_segments(std::span<const device::CpuRegisters> cpus,
                                                 std::span<const CoreSegment> memory,
                                                 const vm::ReadPhysical& read);

}  // namespace qember::dump
