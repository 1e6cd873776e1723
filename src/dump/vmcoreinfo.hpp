// SPDX-License-Identifier: LGPL-2.1-or-later
/// Linux's VMCOREINFO in the memory of a guest, see `vm::KernelNote`.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>

namespace qember::dump {

/// Memory in which something is looked for.
class SparseMemory {
 public:
  virtual ~SparseMemory() = default;
  /// Fills `to` from `at` on, with zeros behind the end.
  virtual Status read(std::uint64_t at, MutableBytes to) = 0;
  /// The first offset from `at` on that is not known to have zeros; nothing where there is none.
  virtual Result<std::optional<std::uint64_t>> next_data(std::uint64_t at) = 0;
};

/// Bytes of the longest note with it.
inline constexpr std::size_t max_vmcoreinfo_note = (std::size_t{64} << 10U) + 24;

/// The text of such a note, which begins with its header; empty where it is another one.
Bytes read_vmcoreinfo(ByteView note, bool is_big_endian);

/// Looks for it in bytes [begin, end) of the memory, whose holes are passed over; empty where there is none.
/// The integers before it are in the guest's byte order.
Result<Bytes> find_vmcoreinfo(SparseMemory& memory, std::uint64_t begin, std::uint64_t end,
                              bool is_big_endian);

/// The kernel's image where it is mapped, as in the cores that Linux writes itself: by it readers get at the
/// page tables. Nothing where the text does not
/// tell, or what it tells is not within one of `segments`.
std::optional<CoreSegment> kernel_segment(std::string_view vmcoreinfo, std::span<const CoreSegment> segments);

/// The guest-physical address of the root of the kernel's page tables on arm64; nothing where the text does
/// not tell.
std::optional<std::uint64_t> kernel_page_table(std::string_view vmcoreinfo);

}  // namespace qember::dump
