// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mapped_segments.hpp"

#include <qember/advanced/vm/mappings.hpp>

#include "core_target.hpp"
#include "vmcoreinfo.hpp"

#include <algorithm>
#include <functional>

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

/// CPUs by whose tables the kernel's memory may be found, the likeliest first.
std::vector<device::CpuRegisters> candidates(std::span<const device::CpuRegisters> cpus,
                                             std::string_view vmcoreinfo) {
  std::vector<device::CpuRegisters> found(cpus.begin(), cpus.end());
  // NOLINTNEXTLINE(modernize-use-ranges): clang++ 14 can't compile that of libstdc++ 12
  std::stable_partition(found.begin(), found.end(), std::not_fn(is_in_process));
  const auto table = kernel_page_table(vmcoreinfo);
  if (!table || found.empty()) return found;
  device::CpuRegisters kernel = found.front();
  const auto root = std::ranges::find(kernel.registers, "ttbr1_el1", &device::Register::name);
  if (root == kernel.registers.end()) return found;
  root->value = *table;
  found.push_back(std::move(kernel));
  return found;
}

}  // namespace

std::uint64_t size_of(std::span<const CoreSegment> segments) {
  std::uint64_t size = 0;
  for (const CoreSegment& segment : segments) size += segment.size;
  return size;
}

Result<std::vector<CoreSegment>> mapped_segments(std::span<const device::CpuRegisters> cpus,
                                                 std::span<const CoreSegment> memory,
                                                 std::string_view vmcoreinfo, const vm::ReadPhysical& read) {
  constexpr std::uint64_t enough = 8;  // that part of the memory
  std::vector<CoreSegment> most;
  for (const device::CpuRegisters& cpu : candidates(cpus, vmcoreinfo)) {
    const auto mappings = vm::kernel_mappings(cpu, read);
    if (!mappings) return mappings.error();
    std::vector<CoreSegment> segments;
    for (const vm::Mapping& mapping : *mappings) add(segments, mapping, memory);
    if (size_of(segments) > size_of(most)) most = std::move(segments);
    if (size_of(most) >= size_of(memory) / enough) break;
  }
  return most;
}

}  // namespace qember::dump
