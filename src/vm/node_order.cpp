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

std::vector<std::uint32_t> order_by_size(std::span<const event::RamBlock> blocks,
                                         std::span<const std::uint32_t> from,
                                         std::span<const std::uint64_t> sizes) {
  std::vector<std::uint32_t> order;
  std::map<std::uint64_t, std::size_t> nodes;
  for (const std::uint64_t size : sizes) ++nodes[size];
  std::map<std::uint64_t, std::vector<std::uint32_t>> sized;
  for (const std::uint32_t block : from) sized[blocks[block].length].push_back(block);
  for (const std::uint64_t size : sizes) {
    if (nodes[size] != 1 || sized[size].size() != 1) return {};
    order.push_back(sized[size].front());
  }
  return order;
}

}  // namespace qember::vm
