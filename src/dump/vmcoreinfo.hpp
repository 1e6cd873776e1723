// SPDX-License-Identifier: LGPL-2.1-or-later
/// VMCOREINFO: the text that Linux keeps in its memory for dumps, as an ELF note: symbols, sizes of
/// structures, where the kernel is.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>
#include <qember/advanced/io/sparse_file.hpp>

namespace qember::dump {

/// Looks for it in bytes [begin, end) of the file, whose holes are passed over; empty where there is none.
Result<Bytes> find_vmcoreinfo(io::SparseFile& file, std::uint64_t begin, std::uint64_t end);

/// The kernel's image where it is mapped, as in the cores that Linux writes itself: by it readers get at the
/// page tables. Nothing where the text does not
/// tell, or what it tells is not within one of `segments`.
std::optional<CoreSegment> kernel_segment(std::string_view vmcoreinfo, std::span<const CoreSegment> segments);

}  // namespace qember::dump
