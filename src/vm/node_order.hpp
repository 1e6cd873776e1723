// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which blocks are the RAM of NUMA nodes, and in what order.
#pragma once

#include <qember/advanced/event/event.hpp>

#include "acpi_tables.hpp"

namespace qember::vm {

/// The size of each node's RAM by the SRAT of an x86 board (`is_pc`, whose table leaves out what is below
/// 1 MiB and no RAM) or another, in the order of their addresses; empty where nodes are not each in one piece
/// around the hole.
std::vector<std::uint64_t> node_sizes(std::span<const MemoryAffinity> ranges, bool is_pc);

/// N of `PREFIXn`, whose digits are no other way to write it.
struct NumberedName {
  std::string_view prefix;
  std::uint32_t number = 0;
};
std::optional<NumberedName> numbered_name(std::string_view block);

/// Those of `from` that are named `PREFIX0`, `PREFIX1` and so on, in that order; empty where one is missing,
/// where two have one number, or where other blocks have other names, unless `prefix` is given.
std::vector<std::uint32_t> order_by_name(std::span<const event::RamBlock> blocks,
                                         std::span<const std::uint32_t> from, std::string_view prefix);

/// That a block is known to be the RAM of a node.
struct NodeAnchor {
  std::uint32_t block = 0;  ///< its index
  std::size_t node = 0;     ///< in the order of addresses
};

/// Those of `from` that have the sizes, in that order. Of several blocks of one size anchors tell which is
/// which node; the last node is that of the last block, where there are as many. Empty where they do not, or
/// contradict the sizes or each other.
std::vector<std::uint32_t> order_by_size(std::span<const event::RamBlock> blocks,
                                         std::span<const std::uint32_t> from,
                                         std::span<const std::uint64_t> sizes,
                                         std::span<const NodeAnchor> anchors = {});

/// Whether for each size there are as many blocks as nodes.
bool has_each_size(std::span<const event::RamBlock> blocks, std::span<const std::uint32_t> from,
                   std::span<const std::uint64_t> sizes);

/// Whether the ranges, which are in the order of addresses, follow one another from `base` on.
bool is_in_one_piece(std::span<const MemoryAffinity> ranges, std::uint64_t base);

}  // namespace qember::vm
