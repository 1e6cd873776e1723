// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where the blocks of a guest's RAM are in the file of a core.
#pragma once

#include <qember/advanced/dump/elf_core.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

namespace qember::dump {

/// Blocks, one behind the other, from `core_memory_offset` on.
class CoreParts {
 public:
  /// A block that is the guest's RAM, or a part of it.
  struct Part {
    std::uint32_t block = 0;
    std::uint64_t length = 0;       ///< of the block in bytes
    std::uint64_t file_offset = 0;  ///< of its first byte
  };

  /// Blocks come in the file as they do in memory, as far as that is known.
  static CoreParts of(const vm::RamLayout& layout, std::span<const event::RamBlock> blocks);

  bool empty() const noexcept { return parts_.empty(); }
  /// The first byte behind the memory.
  std::uint64_t file_end() const noexcept { return end_; }
  /// Null of a block that is not in the core.
  const Part* find(std::uint32_t block) const;
  /// Where the byte of the file is from that has that offset; null where it is not of a block.
  const Part* at(std::uint64_t file_offset) const;

  /// The memory of the layout. Neighbours in memory and in the file are one, but for what is below 1 MiB.
  /// `Errc::unsupported` for RAM that has no address, that is not in the stream, and in too many pieces.
  Result<std::vector<CoreSegment>> segments(const vm::RamLayout& layout,
                                            std::span<const event::RamBlock> blocks,
                                            const vm::AbsenceOf& absence_of_block) const;

 private:
  void add(std::uint32_t block, std::uint64_t length);

  std::vector<Part> parts_;           ///< in order of their offsets
  std::vector<std::size_t> numbers_;  ///< by block: 1 for the first of these, 0 for none
  std::uint64_t end_ = core_memory_offset;
};

}  // namespace qember::dump
