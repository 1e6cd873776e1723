// SPDX-License-Identifier: LGPL-2.1-or-later
/// Places the RAM blocks of a guest, by one source of facts after the other.
#pragma once

#include <qember/advanced/vm/ram_layout.hpp>

#include "acpi_tables.hpp"
#include "board_ram.hpp"

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

  const LayoutFacts& facts_;
  std::span<const event::RamBlock> blocks_;
  const Board* board_;
  std::vector<bool> is_settled_;
  RamLayout layout_;
  std::map<std::uint64_t, PlacedRam> placed_;  ///< by address
  const MemoryDevices* devices_ = nullptr;
  std::optional<std::vector<MemoryAffinity>> affinity_;
  bool are_tables_lost_ = false;  ///< they are there, and can't be read
  bool is_by_names_ = false;      ///< the order of the board's nodes
  bool is_board_placed_ = false;
};

}  // namespace qember::vm
