// SPDX-License-Identifier: LGPL-2.1-or-later
/// Places the RAM blocks of a guest, by one source of facts after the other.
#pragma once

#include <qember/advanced/vm/ram_layout.hpp>

#include "acpi_tables.hpp"
#include "board_ram.hpp"
#include "device_tree.hpp"
#include "node_order.hpp"

#include <map>

namespace qember::vm {

/// Settles every block: it is placed, given up, or the memory of a device.
class LayoutPlanner {
 public:
  /// `facts` outlive this.
  explicit LayoutPlanner(const LayoutFacts& facts);

  Result<RamLayout> plan();

 private:
  using Blocks = std::vector<std::uint32_t>;

  Status place_given();
  void set_devices_aside();
  void set_regions_aside();
  Status place_regions();
  void place_named_by_domain();
  Status choose_board(Blocks& nodes);
  Status choose_nodes(const Blocks& from, Blocks& nodes);
  Status choose_by_names(const Blocks& from, std::span<const std::uint64_t> sizes, Blocks& nodes);
  std::vector<std::uint64_t> sizes_of_trees(const Blocks& from);
  Result<std::optional<std::uint32_t>> find_shadow(const Blocks& from) const;
  std::vector<NodeAnchor> anchors(std::span<const std::uint64_t> sizes) const;
  Status place_board(const Blocks& nodes);
  Status place_pc(const Blocks& nodes, std::uint64_t ram);
  Status place_by_tables(const Blocks& nodes, std::uint64_t ram);
  Status place_persistent();
  Status place_dimm(const Blocks& nodes);
  void give_up_the_rest();

  Blocks unsettled() const;
  bool is_default_ram(std::uint32_t block) const {
    return board_ != nullptr && blocks_[block].name == board_->ram;
  }
  bool is_whole_board(const Blocks& rest) const {
    return rest.empty() || (rest.size() == 1 && is_default_ram(rest.front()));
  }
  std::uint64_t total(const Blocks& of) const;
  bool put(PlacedRam piece);
  void put_all(const Blocks& nodes, std::span<const PhysicalRange> ranges, PlaceSource source);
  void give_up(std::uint32_t block, std::string expected, std::string found);
  Status load_devices();
  Status load_tables();
  Status load_trees();

  /// A tree of this board's.
  struct FoundTree {
    DeviceTree tree;
    std::optional<std::uint32_t> block;  ///< that it lies in; nothing for that of the board's state
    std::uint64_t offset = 0;            ///< in the block
  };

  static constexpr std::string_view nothing_tells = "nothing that tells it";
  static constexpr std::string_view contradicting_trees = "device trees that contradict each other";
  static constexpr std::string_view contradicting_names =
      "names of blocks that the guest's memory contradicts";
  static constexpr std::string_view equal_nodes =
      "NUMA nodes of one size, and nothing that tells which of them it is";

  const LayoutFacts& facts_;
  std::span<const event::RamBlock> blocks_;
  const Board* board_;
  std::vector<bool> is_settled_;
  RamLayout layout_;
  std::map<std::uint64_t, PlacedRam> placed_;  ///< by address
  const MemoryDevices* devices_ = nullptr;
  std::optional<std::vector<MemoryAffinity>> affinity_;
  bool are_tables_lost_ = false;  ///< they are there, and can't be read
  bool are_trees_lost_ = false;   ///< there may be some that can't be read
  std::vector<FoundTree> trees_;
  bool has_trees_ = false;                     ///< `trees_` are complete
  PlaceSource order_ = PlaceSource::machine;   ///< what tells the order of the board's nodes
  std::string_view obstacle_ = nothing_tells;  ///< why the board's nodes are not known
  bool is_board_placed_ = false;
};

}  // namespace qember::vm
