// SPDX-License-Identifier: LGPL-2.1-or-later
#include "node_order.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace qember::vm {
namespace {

constexpr std::uint64_t legacy_begin = 0xa0000, legacy_end = 0x100000;

bool is_board_ram(const MemoryAffinity& range) {
  return !range.is_hotpluggable && !range.is_persistent && range.size != 0;
}

}  // namespace

std::vector<std::uint64_t> node_sizes(std::span<const MemoryAffinity> ranges, bool is_pc) {
  std::vector<MemoryAffinity> board;
  std::ranges::copy_if(ranges, std::back_inserter(board), is_board_ram);
  std::ranges::sort(board, {}, &MemoryAffinity::base);
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint32_t> domains;
  for (const MemoryAffinity& range : board) {
    // What is below 1 MiB is the first node's.
    const std::uint64_t gap =
        is_pc && range.base == 0 && range.size == legacy_begin ? legacy_end - legacy_begin : 0;
    if (domains.empty() || domains.back() != range.domain) {
      if (std::ranges::find(domains, range.domain) != domains.end()) return {};
      domains.push_back(range.domain);
      sizes.push_back(0);
    }
    sizes.back() += range.size + gap;
  }
  return sizes;
}

std::optional<NumberedName> numbered_name(std::string_view block) {
  block = block.substr(block.rfind('/') + 1);
  std::size_t digits = block.size();
  while (digits > 0 && block[digits - 1] >= '0' && block[digits - 1] <= '9') --digits;
  const std::string_view text = block.substr(digits);
  NumberedName name{block.substr(0, digits), 0};
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  if (std::from_chars(text.data(), text.data() + text.size(), name.number).ec != std::errc())
    return std::nullopt;
  return name;
}

std::vector<std::uint32_t> order_by_name(std::span<const event::RamBlock> blocks,
                                         std::span<const std::uint32_t> from, std::string_view prefix) {
  std::map<std::uint32_t, std::uint32_t> nodes;  // blocks, by number
  std::size_t named = 0;
  std::string_view shared = prefix;
  for (const std::uint32_t block : from) {
    const auto name = numbered_name(blocks[block].name);
    if (name && shared.empty()) shared = name->prefix;
    if (!name || shared.empty() || name->prefix != shared) continue;
    ++named;
    nodes.emplace(name->number, block);
  }
  const bool are_all = prefix.empty() ? named == from.size() : true;
  std::vector<std::uint32_t> order;
  for (const auto& [number, block] : nodes)
    if (number == order.size()) order.push_back(block);
  return are_all && order.size() == named ? order : std::vector<std::uint32_t>{};
}

namespace {

/// Nodes and blocks of one size.
struct SizeClass {
  std::vector<std::size_t> nodes;
  std::vector<std::uint32_t> blocks;
};

std::map<std::uint64_t, SizeClass> size_classes(std::span<const event::RamBlock> blocks,
                                                std::span<const std::uint32_t> from,
                                                std::span<const std::uint64_t> sizes) {
  std::map<std::uint64_t, SizeClass> classes;
  for (std::size_t node = 0; node < sizes.size(); ++node) classes[sizes[node]].nodes.push_back(node);
  for (const std::uint32_t block : from)
    if (const auto found = classes.find(blocks[block].length); found != classes.end())
      found->second.blocks.push_back(block);
  return classes;
}

bool has_as_many(const auto& size_class) {
  return size_class.second.nodes.size() == size_class.second.blocks.size();
}

/// Enters the block of a node that no anchor tells, if it is the only one. Whether all nodes are known then.
bool complete(std::map<std::size_t, std::uint32_t>& known, const SizeClass& of_size) {
  const auto is_known = [&known](std::size_t node) { return known.contains(node); };
  const auto missing = std::ranges::find_if_not(of_size.nodes, is_known);
  if (missing == of_size.nodes.end()) return true;
  if (std::ranges::count_if(of_size.nodes, is_known) + 1 < std::ssize(of_size.nodes)) return false;
  if (of_size.blocks.size() != of_size.nodes.size()) return false;
  std::vector<std::uint32_t> taken;
  for (const std::size_t node : of_size.nodes)
    if (is_known(node)) taken.push_back(known[node]);
  std::ranges::sort(taken);
  const auto is_taken = [&taken](std::uint32_t block) { return std::ranges::binary_search(taken, block); };
  const auto free = std::ranges::find_if_not(of_size.blocks, is_taken);
  return free != of_size.blocks.end() && known.emplace(*missing, *free).second;
}

}  // namespace

std::vector<std::uint32_t> order_by_size(std::span<const event::RamBlock> blocks,
                                         std::span<const std::uint32_t> from,
                                         std::span<const std::uint64_t> sizes,
                                         std::span<const NodeAnchor> anchors) {
  std::map<std::uint32_t, std::size_t> anchored;
  std::map<std::size_t, std::uint32_t> known;  // blocks, by node
  for (const NodeAnchor& each : anchors) {
    if (each.node >= sizes.size() || blocks[each.block].length != sizes[each.node]) return {};
    const std::size_t node = anchored.emplace(each.block, each.node).first->second;
    const std::uint32_t block = known.emplace(each.node, each.block).first->second;
    if (node != each.node || block != each.block) return {};
  }
  for (const auto& [size, of_size] : size_classes(blocks, from, sizes))
    if (!complete(known, of_size)) return {};
  std::vector<std::uint32_t> order;
  order.reserve(known.size());
  for (const auto& [node, block] : known) order.push_back(block);
  return order;
}

bool has_each_size(std::span<const event::RamBlock> blocks, std::span<const std::uint32_t> from,
                   std::span<const std::uint64_t> sizes) {
  const auto classes = size_classes(blocks, from, sizes);
  return !sizes.empty() && std::ranges::all_of(classes, [](const auto& each) { return has_as_many(each); });
}

bool is_in_one_piece(std::span<const MemoryAffinity> ranges, std::uint64_t base) {
  for (const MemoryAffinity& range : ranges) {
    if (range.base != base) return false;
    base += range.size;
  }
  return true;
}

}  // namespace qember::vm
