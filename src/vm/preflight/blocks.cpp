// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of RAM blocks (migration/ram.c, system/physmem.c).
#include "findings.hpp"

namespace qember::vm {
namespace {

using Blocks = std::map<std::string_view, const event::RamBlock*>;

Blocks by_name(const std::vector<event::RamBlock>& blocks) {
  Blocks all;
  for (const event::RamBlock& block : blocks) all.emplace(block.name, &block);
  return all;
}

/// QEMU resizes these to what comes, as far as it has set room aside for them.
bool is_resizable(std::string_view name) { return name == "pc.bios" || name.starts_with("/rom@"); }

bool is_rom(std::string_view name) { return name.ends_with(".rom"); }

void check_size(const event::RamBlock& here, const event::RamBlock& there, const Findings& findings) {
  if (here.length == there.length || (is_resizable(here.name) && here.length < there.length)) return;
  const bool may_grow = is_resizable(here.name);
  findings.add(may_grow ? Certainty::untold : Certainty::certain, fmt::format("RAM block {}", here.name),
               fmt::format("{:#x} bytes here, {:#x} there{}", here.length, there.length,
                           may_grow ? ", which may grow" : ""),
               {may_grow ? std::string()
                         : fmt::format("Size mismatch: {}: {:#x} != {:#x}: Invalid argument", here.name,
                                       here.length, there.length)},
               is_rom(here.name) ? "start the target with the same ROM (romfile=) of that device" : "");
}

void check_block(const event::RamBlock& here, const Blocks& others, const Findings& findings) {
  const auto found = others.find(here.name);
  if (found == others.end()) {
    findings.add(Certainty::certain, fmt::format("RAM block {}", here.name), "is not there",
                 {fmt::format("Unknown ramblock \"{}\", cannot accept migration", here.name)},
                 is_rom(here.name) ? "give the target the same device in the same slot, with its ROM" : "");
    return;
  }
  const event::RamBlock& there = *found->second;
  check_size(here, there, findings);
  if (here.address && there.address && *here.address != *there.address)
    findings.add(Certainty::certain, fmt::format("RAM block {}", here.name),
                 fmt::format("at {:#x} here, at {:#x} there", *here.address, *there.address),
                 {fmt::format("Mismatched GPAs for block {}", here.name)});
  if (here.page_size && there.page_size && *here.page_size != *there.page_size)
    findings.add(Certainty::certain, fmt::format("RAM block {}", here.name),
                 fmt::format("pages of {} bytes here, of {} there", *here.page_size, *there.page_size),
                 {fmt::format("Mismatched RAM page size {} (local) {} != {}", here.name, *there.page_size,
                              *here.page_size)});
}

}  // namespace

void check_blocks(const MachineState& here, const MachineState& there, Findings& findings) {
  findings.at(here.blocks_offset);
  const Blocks others = by_name(there.blocks);
  for (const event::RamBlock& block : here.blocks) check_block(block, others, findings);
  const Blocks mine = by_name(here.blocks);
  for (const event::RamBlock& block : there.blocks)
    if (!mine.contains(block.name))
      findings.add(Certainty::warning, fmt::format("RAM block {}", block.name),
                   "is not in the stream: the machine keeps what it has there");
}

}  // namespace qember::vm
