// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a flattened device tree says of memory (Devicetree Specification v0.4, chapter 5).
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include "acpi_tables.hpp"

#include <optional>
#include <string>

namespace qember::vm {

struct DeviceTree {
  std::string compatible{};                   ///< the first of the root's
  std::vector<MemoryAffinity> memory{};       ///< in the order of addresses; no two overlap
  std::optional<std::uint64_t> initrd_end{};  ///< guest-physical, as the loader of a kernel was told it
};

/// Reads a tree, in time and memory by its size; nothing where some part of it is not sound. `bytes` may go
/// on behind it, or end where `tree_extent` has its last byte.
std::optional<DeviceTree> parse_device_tree(ByteView bytes);

}  // namespace qember::vm
