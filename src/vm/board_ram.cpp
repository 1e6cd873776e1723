// SPDX-License-Identifier: LGPL-2.1-or-later
#include "board_ram.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace qember::vm {
namespace {

/// N of `ram-nodeN`, as libvirt calls the RAM of a NUMA node; -1 of RAM in one piece, as QEMU calls it.
std::optional<int> ram_order(std::string_view block) {
  block = block.substr(block.rfind('/') + 1);
  constexpr std::string_view node = "ram-node";
  if (block == "pc.ram" || block == "microvm.ram") return -1;
  if (!block.starts_with(node) || block.size() == node.size() || block.size() > node.size() + 4) return {};
  int order = 0;
  for (const char digit : block.substr(node.size())) {
    if (digit < '0' || digit > '9') return {};
    order = order * 10 + (digit - '0');
  }
  return order;
}

}  // namespace

bool is_device_memory(std::string_view block) {
  if (block.starts_with("/rom@")) return true;
  block = block.substr(block.rfind('/') + 1);
  constexpr std::array names{"pc.bios", "pc.rom", "isa-bios", "tpm-ppi", "tpm-crb-cmd"};
  constexpr std::array suffixes{".rom", ".vrom", ".vram", ".vgavram", "-vram", ".fifo"};
  return block.starts_with("system.flash") || std::ranges::find(names, block) != names.end() ||
         std::ranges::any_of(suffixes, [block](const char* suffix) { return block.ends_with(suffix); });
}

std::vector<std::uint32_t> board_ram(std::span<const event::RamBlock> blocks) {
  std::map<int, std::uint32_t> found;
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (const auto order = ram_order(blocks[i].name)) found.emplace(*order, i);
  if (found.contains(-1)) return {found[-1]};
  std::vector<std::uint32_t> order;
  for (const auto& [node, block] : found) {
    // Behind a node that is not there, addresses are not known.
    if (node != static_cast<int>(order.size())) break;
    order.push_back(block);
  }
  return order;
}

}  // namespace qember::vm
