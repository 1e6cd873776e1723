// SPDX-License-Identifier: LGPL-2.1-or-later
// Which blocks are the board's RAM, and in what order, and the tables and trees that tell.
#include "layout_planner.hpp"
#include "node_order.hpp"
#include "tree_places.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {

Status LayoutPlanner::load_devices() {
  if (devices_ != nullptr || !facts_.devices) return {};
  auto devices = facts_.devices();
  if (!devices) return std::move(devices.error());
  devices_ = *devices;
  return {};
}

Status LayoutPlanner::load_tables() {
  if (affinity_) return {};
  affinity_.emplace();
  const auto tables = std::ranges::find(blocks_, acpi_tables_block, &event::RamBlock::name);
  if (!facts_.tables || tables == blocks_.end()) return {};
  auto found = read_memory_affinity(tables->length, facts_.tables);
  are_tables_lost_ = !found && found.error().code == Errc::unsupported;
  if (are_tables_lost_) return {};
  if (!found) return std::move(found.error());
  affinity_ = std::move(*found);
  return {};
}

/// The tree in the state of the board is the one that counts, if there is one.
Status LayoutPlanner::load_trees() {
  if (has_trees_ || board_ == nullptr || board_->tree.empty()) return {};
  has_trees_ = true;
  if (auto status = load_devices(); !status) return status;
  const auto add = [this](ByteView bytes, std::optional<std::uint32_t> block, std::uint64_t offset) {
    auto tree = parse_device_tree(bytes);
    if (tree && tree->compatible == board_->tree) trees_.push_back({std::move(*tree), block, offset});
  };
  if (devices_ != nullptr) add(devices_->device_tree(), {}, 0);
  if (!trees_.empty() || !facts_.trees) return {};
  auto found = facts_.trees();
  are_trees_lost_ = !found && found.error().code == Errc::unsupported;
  if (are_trees_lost_) return {};
  if (!found) return std::move(found.error());
  for (const RamTree& each : *found) add(each.bytes, each.block, each.offset);
  return {};
}

/// `nodes`: what is the board's RAM, in order; empty where that is not known.
Status LayoutPlanner::choose_board(Blocks& nodes) {
  for (const std::uint32_t block : facts_.board)
    if (is_settled_[block])
      return Error{Errc::usage, 0, fmt::format("block {:?}", blocks_[block].name), "one place", "two"};
  if (!facts_.board.empty()) return nodes.assign(facts_.board.begin(), facts_.board.end()), Status();
  const Blocks rest = unsettled();
  if (board_ == nullptr || rest.empty()) return {};
  nodes = named_ram(board_, blocks_);
  const bool are_free =
      std::ranges::none_of(nodes, [this](std::uint32_t block) { return is_settled_[block]; });
  if (!are_free) nodes.clear();
  if (!nodes.empty()) return {};
  // RAM always begins where the board has it begin.
  if (placed_.contains(board_->base)) return is_board_placed_ = true, Status();
  if (rest.size() == 1 && !is_ram_of_another(*board_, blocks_[rest.front()].name))
    return nodes = rest, Status();
  return choose_nodes(rest, nodes);
}

/// The sizes of nodes by the trees that have RAM of the board in just these blocks; empty where none is, and
/// where two contradict each other.
std::vector<std::uint64_t> LayoutPlanner::sizes_of_trees(const Blocks& from) {
  std::vector<std::uint64_t> sizes;
  for (const FoundTree& each : trees_) {
    if (board_->rule == BoardRule::flat && !is_in_one_piece(each.tree.memory, board_->base)) continue;
    auto of_tree = node_sizes(each.tree.memory, false);
    if (!has_each_size(blocks_, from, of_tree)) continue;
    if (!sizes.empty() && of_tree != sizes)
      return obstacle_ = contradicting_trees, std::vector<std::uint64_t>{};
    sizes = std::move(of_tree);
  }
  return sizes;
}

/// Where a tree lies tells which node its block is.
std::vector<NodeAnchor> LayoutPlanner::anchors(std::span<const std::uint64_t> sizes) const {
  std::vector<NodeAnchor> found;
  for (const FoundTree& each : trees_)
    if (each.block && !is_settled_[*each.block] &&
        std::ranges::equal(node_sizes(each.tree.memory, false), sizes))
      if (const auto node =
              node_with_tree(*board_, each.tree, sizes, blocks_[*each.block].length, each.offset))
        found.push_back({*each.block, *node});
  return found;
}

/// The only block that has at 1 MiB what the firmware of a PC has at its end, which copies itself there: the
/// RAM at 0. Guests leave it alone.
Result<std::optional<std::uint32_t>> LayoutPlanner::find_shadow(const Blocks& from) const {
  std::optional<std::uint32_t> found;
  const auto firmware = std::ranges::find(blocks_, firmware_block, &event::RamBlock::name);
  if (board_->rule != BoardRule::pc || !facts_.page || facts_.are_pages_lost || firmware == blocks_.end())
    return found;
  Bytes last(shadow_size), shadow(shadow_size);
  const auto read = [this](std::uint32_t block, std::uint64_t end, MutableBytes to) -> Result<bool> {
    if (end < shadow_size || end > blocks_[block].length) return false;
    auto status = facts_.page(block, end - shadow_size, to);
    if (status || status.error().code == Errc::unsupported) return static_cast<bool>(status);
    return std::move(status.error());
  };
  const auto index = static_cast<std::uint32_t>(firmware - blocks_.begin());
  const auto is_known = read(index, firmware->length, last);
  if (!is_known) return is_known.error();
  const bool is_uniform = std::ranges::count(last, last.front()) == std::ssize(last);
  if (!*is_known || is_uniform) return found;
  for (const std::uint32_t block : from) {
    const auto is_there = read(block, shadow_end, shadow);
    if (!is_there) return is_there.error();
    if (!*is_there || shadow != last) continue;
    if (found) return std::optional<std::uint32_t>();
    found = block;
  }
  return found;
}

Status LayoutPlanner::choose_nodes(const Blocks& from, Blocks& nodes) {
  if (auto status = load_tables(); !status) return status;
  auto sizes = node_sizes(*affinity_, board_->rule == BoardRule::pc);
  order_ = PlaceSource::tables;
  nodes = order_by_size(blocks_, from, sizes);
  if (!nodes.empty()) return {};
  if (auto status = load_trees(); !status) return status;
  if (sizes.empty()) sizes = sizes_of_trees(from);
  order_ = PlaceSource::device_tree;
  auto known = anchors(sizes);
  nodes = order_by_size(blocks_, from, sizes, known);
  if (!nodes.empty() || obstacle_ == contradicting_trees) return {};
  const auto first = find_shadow(from);
  if (!first) return first.error();
  if (*first) known.push_back({**first, 0});
  if (*first) nodes = order_by_size(blocks_, from, sizes, known);
  order_ = nodes.empty() ? PlaceSource::machine : PlaceSource::firmware;
  if (!nodes.empty()) return {};
  auto status = choose_by_names(from, sizes, nodes);
  const auto is_other = [&nodes](const NodeAnchor& each) {
    return each.node >= nodes.size() || nodes[each.node] != each.block;
  };
  if (!nodes.empty() && std::ranges::any_of(known, is_other)) {
    nodes.clear();
    obstacle_ = contradicting_names;
  }
  return status;
}

Status LayoutPlanner::choose_by_names(const Blocks& from, std::span<const std::uint64_t> sizes,
                                      Blocks& nodes) {
  // With DIMMs among them names tell nothing. There is none where each block is a node.
  const bool has_dimms = board_->dimm_alignment != 0 && sizes.size() != from.size();
  if (are_tables_lost_ || are_trees_lost_ || facts_.are_pages_lost || has_dimms ||
      (devices_ != nullptr && devices_->has_shared_memory()))
    return {};
  nodes = order_by_name(blocks_, from, {});
  const bool agrees = sizes.empty() || std::ranges::equal(sizes, nodes, {}, {}, [this](std::uint32_t block) {
                        return blocks_[block].length;
                      });
  if (!agrees) nodes.clear();
  if (nodes.size() > 1) order_ = PlaceSource::names;
  if (nodes.empty() && has_each_size(blocks_, from, sizes)) obstacle_ = equal_nodes;
  return {};
}

}  // namespace qember::vm
