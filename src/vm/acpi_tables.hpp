// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the ACPI tables that QEMU makes say of memory.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <functional>
#include <vector>

namespace qember::vm {

/// A range of memory in the System Resource Affinity Table (ACPI 6.5, 5.2.16.2).
struct MemoryAffinity {
  std::uint32_t domain = 0;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  bool is_hotpluggable = false;
  bool is_persistent = false;
};

/// Reads the enabled ranges of the first SRAT in tables that stand one behind the other, `size` bytes in all;
/// none where there is none, or one that is not sound. The errors are those of `read`.
Result<std::vector<MemoryAffinity>> read_memory_affinity(
    std::uint64_t size, const std::function<Status(std::uint64_t offset, MutableBytes to)>& read);

}  // namespace qember::vm
