// SPDX-License-Identifier: LGPL-2.1-or-later
/// Linux's VMCOREINFO in the memory of a guest, see `vm::KernelNote`.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>
#include <qember/advanced/io/sparse_file.hpp>

namespace qember::dump {

/// Looks for it in bytes [begin, end) of the file, whose holes are passed over; empty where there is none.
/// The integers before it are in the guest's byte order.
Result<Bytes> find_vmcoreinfo(io::SparseFile& file, std::uint64_t begin, std::uint64_t end,
                              bool is_big_endian);

/// The kernel's image where it is mapped, as in the cores that Linux writes itself: by it readers get at the
/// page tables. Nothing where the text does not
/// tell, or what it tells is not within one of `segments`.
std::optional<CoreSegment> kernel_segment(std::string_view vmcoreinfo, std::span<const CoreSegment> segments);

}  // namespace qember::dump
