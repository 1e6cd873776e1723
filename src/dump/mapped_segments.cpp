// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mapped_segments.hpp"

#include <qember/advanced/vm/mappings.hpp>

#include "core_target.hpp"

#include <algorithm>

namespace qember::dump {
namespace {

/// The segments of `memory` that `mapping` is in, as far as they are in it.
void add(std::vector<CoreSegment>& to, const vm::Mapping& mapping, std::span<const CoreSegment> memory) {
  const auto end_of = [](const CoreSegment& segment) { return segment.address + segment.size; };
  for (auto at = std::ranges::upper_bound(memory, mapping.address, {}, end_of); at != memory.end(); ++at) {
    const std::uint64_t skipped = std::max(at->address, mapping.address) - mapping.address;
    if (skipped >= mapping.size) return;
    const std::uint64_t address = mapping.address + skipped;
    const std::uint64_t size = std::min(mapping.size - skipped, end_of(*at) - address);
    to.push_back(
        {address, at->file_offset + (address - at->address), size, mapping.virtual_address + skipped});
  }
}

/// A process of x86 is in ring 3, which the lowest bits of CS tell.
bool is_in_process(const device::CpuRegisters& cpu) { return (Values(cpu)["cs"] & 3U) == 3; }

}  // namespace

Result<std::vector<CoreSegment>> mapped_segments(std::span<const device::CpuRegisters> cpus,
                                                 std::span<const CoreSegment> memory,
                                                 const vm::ReadPhysical& read) {
  std::vector<CoreSegment> segments;
  for (const bool of_processes : {false, true})
    for (const device::CpuRegisters& cpu : cpus) {
      if (is_in_process(cpu) != of_processes) continue;
      const auto mappings = vm::kernel_mappings(cpu, read);
      if (!mappings) return mappings.error();
      for (const vm::Mapping& mapping : *mappings) add(segments, mapping, memory);
      if (!segments.empty()) return segments;
    }
  return segments;
}

}  // namespace qember::dump
