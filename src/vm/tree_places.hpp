// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where QEMU puts the device tree of a board, which ties a block of RAM to an address.
#pragma once

#include "board_ram.hpp"
#include "device_tree.hpp"

namespace qember::vm {

/// The node, in the order of addresses, whose RAM is the block that has the tree at `offset`: of nodes of the
/// block's length the only one where that is a place of this board's tree; nothing where none is or several
/// are. `sizes` are those of the nodes, which follow one another.
std::optional<std::size_t> node_with_tree(const Board& board, const DeviceTree& tree,
                                          std::span<const std::uint64_t> sizes, std::uint64_t length,
                                          std::uint64_t offset);

}  // namespace qember::vm
