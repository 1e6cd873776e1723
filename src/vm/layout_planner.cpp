// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout_planner.hpp"

#include <qember/advanced/vm/selector.hpp>

#include "../container/xml.hpp"
#include "addressable.hpp"
#include "node_order.hpp"
#include "pc_hole.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

constexpr std::uint64_t four_gib = std::uint64_t{1} << 32U;

constexpr auto known_address = "a guest-physical address that is known";

Error misplaced(const GivenPlace& place, std::string expected, std::string found) {
  return {Errc::usage, 0, fmt::format("block {:?}", place.block), std::move(expected), std::move(found)};
}

/// The part of a range of RAM that a block has, whose first byte is byte `at` of the RAM.
std::optional<PlacedRam> part_of(const PhysicalRange& range, std::uint32_t block, std::uint64_t at,
                                 std::uint64_t length, PlaceSource source) {
  const std::uint64_t begin = std::max(range.offset, at);
  const std::uint64_t end = std::min(range.offset + range.size, at + length);
  if (begin >= end) return std::nullopt;
  return PlacedRam{block, begin - at, range.address + (begin - range.offset), end - begin, source};
}

/// Where the board's RAM is by ranges that have all of it, `ram` bytes; empty where they have not.
std::vector<PhysicalRange> ranges_of(std::span<const MemoryAffinity> all, std::uint64_t ram) {
  std::vector<MemoryAffinity> board;
  std::ranges::copy_if(all, std::back_inserter(board),
                       [](const auto& each) { return !each.is_hotpluggable && !each.is_persistent; });
  std::ranges::sort(board, {}, &MemoryAffinity::base);
  std::vector<PhysicalRange> ranges;
  std::uint64_t at = 0;
  for (const MemoryAffinity& each : board) {
    if (each.size > ram - at || !is_addressable(each.base, each.size)) break;
    ranges.push_back({each.base, at, each.size});
    at += each.size;
  }
  return at == ram ? ranges : std::vector<PhysicalRange>{};
}

bool are_equal(std::span<const PhysicalRange> a, std::span<const PhysicalRange> b) {
  return std::ranges::equal(a, b, [](const PhysicalRange& left, const PhysicalRange& right) {
    return left.address == right.address && left.size == right.size;
  });
}

/// What info mtree of QEMU's malta has: all of its RAM at 0x80000000, and again at 0 as far as devices leave
/// room. Here each byte is once, where guests have it: at 0 the first 256 MiB.
std::vector<PhysicalRange> place_malta(std::uint64_t ram) {
  constexpr std::uint64_t low = std::uint64_t{256} << 20U, high = 0x8000'0000;
  std::vector<PhysicalRange> ranges{{0, 0, std::min(ram, low)}};
  if (ram > low) ranges.push_back({high + low, low, ram - low});
  return ranges;
}

const Board* board_of(const LayoutFacts& facts) {
  const Board* const found = find_board(facts.machine, facts.blocks);
  return found == nullptr && facts.hole ? &told_pc() : found;
}

/// RAM of a PC that is smaller is in one piece, unless a user splits it lower still.
constexpr std::uint64_t least_moved = std::uint64_t{2} << 30U;
/// More than that may, with what a board puts behind it, reach the addresses below 1 TiB that are not RAM's
/// of AMD guests (since QEMU 7.1).
constexpr std::uint64_t most_certain = std::uint64_t{976} << 30U;

}  // namespace

LayoutPlanner::LayoutPlanner(const LayoutFacts& facts)
    : facts_(facts), blocks_(facts.blocks), board_(board_of(facts)), is_settled_(facts.blocks.size()) {}

LayoutPlanner::Blocks LayoutPlanner::unsettled() const {
  Blocks rest;
  for (std::uint32_t block = 0; block < blocks_.size(); ++block)
    if (!is_settled_[block]) rest.push_back(block);
  return rest;
}

/// Lengths of a list add up to less than 2^64: its reader sees to that.
std::uint64_t LayoutPlanner::total(const Blocks& of) const {
  std::uint64_t sum = 0;
  for (const std::uint32_t block : of) sum += blocks_[block].length;
  return sum;
}

/// Whether it has room there.
bool LayoutPlanner::put(PlacedRam piece) {
  is_settled_[piece.block] = true;
  if (piece.size == 0) return true;
  if (!is_addressable(piece.address, piece.size)) return false;
  const auto after = placed_.lower_bound(piece.address);
  if (after != placed_.end() && after->first - piece.address < piece.size) return false;
  if (after != placed_.begin()) {
    const PlacedRam& before = std::prev(after)->second;
    if (piece.address - before.address < before.size) return false;
  }
  placed_.emplace(piece.address, piece);
  return true;
}

void LayoutPlanner::give_up(std::uint32_t block, std::string expected, std::string found) {
  is_settled_[block] = true;
  layout_.unplaced.push_back({block, true, std::move(expected), std::move(found)});
}

void LayoutPlanner::put_all(const Blocks& nodes, std::span<const PhysicalRange> ranges, PlaceSource source) {
  std::uint64_t at = 0;
  for (const std::uint32_t block : nodes) {
    const std::uint64_t length = blocks_[block].length;
    std::vector<std::uint64_t> put_at;
    bool fits = true;
    for (const PhysicalRange& range : ranges) {
      const auto part = part_of(range, block, at, length, source);
      if (!part) continue;
      fits = put(*part);
      if (!fits) break;
      put_at.push_back(part->address);
    }
    is_settled_[block] = true;
    if (!fits) {
      for (const std::uint64_t address : put_at) placed_.erase(address);
      give_up(block, known_address, "other RAM at the one that it would have");
    }
    at += length;
  }
}

Status LayoutPlanner::place_given() {
  for (const GivenPlace& place : facts_.places) {
    const auto found = std::ranges::find(blocks_, place.block, &event::RamBlock::name);
    if (found == blocks_.end())
      return misplaced(place, "the name of a RAM block",
                       "another" + closest_block(place.block, blocks_).hint());
    const auto block = static_cast<std::uint32_t>(found - blocks_.begin());
    if (is_settled_[block]) return misplaced(place, "one place", "two");
    if (place.address % 4096 != 0)
      return misplaced(place, "a multiple of 4096", fmt::format("{:#x}", place.address));
    if (!put({block, 0, place.address, found->length, PlaceSource::user}))
      return misplaced(place, fmt::format("{:#x} bytes below 2^52 that no other block has", found->length),
                       fmt::format("{:#x}", place.address));
  }
  return {};
}

void LayoutPlanner::set_devices_aside() {
  for (const std::uint32_t block : unsettled()) {
    if (!is_device_memory(blocks_[block].name)) continue;
    is_settled_[block] = true;
    layout_.unplaced.push_back({block, false, {}, {}});
  }
}

/// Blocks of devices have the path of the device before their name.
Status LayoutPlanner::place_regions() {
  if (auto status = load_devices(); !status) return status;
  if (devices_ == nullptr) return {};
  for (const std::uint32_t block : unsettled()) {
    const event::RamBlock& each = blocks_[block];
    const MemoryDevices::Region* found = nullptr;
    for (const MemoryDevices::Region& region : devices_->regions())
      if (!region.path.empty() && each.name.starts_with(region.path)) found = &region;
    if (found == nullptr) continue;
    if (found->size != each.length || !put({block, 0, found->address, each.length, PlaceSource::stream}))
      give_up(block, known_address,
              fmt::format("a device that has {:#x} bytes of it at {:#x}", found->size, found->address));
  }
  return {};
}

/// Where devices tell of their memory, what is left and has the path of one is no RAM.
void LayoutPlanner::set_regions_aside() {
  if (devices_ == nullptr || !devices_->dimms()) return;
  for (const std::uint32_t block : unsettled()) {
    if (!is_named_for_device(blocks_[block].name)) continue;
    is_settled_[block] = true;
    layout_.unplaced.push_back({block, false, {}, {}});
  }
}

/// libvirt names what backs a device `mem` and the alias of the device.
void LayoutPlanner::place_named_by_domain() {
  if (facts_.domain.empty()) return;
  std::map<std::string_view, std::uint32_t> named;
  for (const std::uint32_t block : unsettled()) {
    const std::string_view name = blocks_[block].name;
    named.emplace(name.substr(name.rfind('/') + 1), block);
  }
  for (const container::DomainMemory& memory : container::memory_of_domain(facts_.domain)) {
    const auto found = named.find("mem" + memory.alias);
    if (found == named.end() || is_settled_[found->second]) continue;
    const std::uint32_t block = found->second;
    if (!put({block, 0, memory.base, blocks_[block].length, PlaceSource::domain}))
      give_up(block, known_address, "other RAM at that of the domain's XML");
  }
}

Status LayoutPlanner::place_board(const Blocks& nodes) {
  if (nodes.empty()) return {};
  is_board_placed_ = true;
  const std::uint64_t ram = total(nodes);
  if (board_ == nullptr || board_->rule == BoardRule::pc) return place_pc(nodes, ram);
  if (board_->rule == BoardRule::malta)
    return put_all(nodes, place_malta(ram), PlaceSource::machine), Status();
  if (board_->rule == BoardRule::tables) return place_by_tables(nodes, ram);
  if (!is_addressable(board_->base, ram)) {
    for (const std::uint32_t block : nodes) give_up(block, known_address, "RAM beyond 2^52");
    return {};
  }
  const std::array whole{PhysicalRange{board_->base, 0, ram}};
  put_all(nodes, whole, order_);
  return {};
}

Status LayoutPlanner::place_pc(const Blocks& nodes, std::uint64_t ram) {
  std::optional<Hole> hole = facts_.hole;
  bool is_told = false;  // by the clock, be it what the board would do
  auto source = hole ? PlaceSource::user : order_;
  if (!hole && ram >= least_moved) {
    if (auto status = load_tables(); !status) return status;
    hole = hole_of_tables(*affinity_, ram);
    if (hole) source = PlaceSource::tables;
  }
  if (!hole) {
    if (auto status = load_devices(); !status) return status;
    const auto split = devices_ != nullptr ? devices_->split() : std::nullopt;
    is_told = split.has_value();
    if (split) hole = hole_of_clock(*split, facts_.machine, ram);
    if (hole) source = PlaceSource::stream;
  }
  if (!hole && are_tables_lost_ && !is_told && ram >= least_moved) {
    for (const std::uint32_t block : nodes)
      give_up(block, known_address, "tables in the guest's memory that can't be read");
    return {};
  }
  if (!hole && ram >= most_certain) {
    for (const std::uint32_t block : nodes)
      give_up(block, known_address, "RAM that reaches 1 TiB, where boards leave out a range for AMD's IOMMU");
    return {};
  }
  auto ranges = vm::place_board(facts_.machine, ram, hole);
  if (!ranges) {
    for (const std::uint32_t block : nodes) give_up(block, ranges.error().expected, ranges.error().found);
    return {};
  }
  put_all(nodes, *ranges, source);
  return {};
}

Status LayoutPlanner::place_by_tables(const Blocks& nodes, std::uint64_t ram) {
  if (auto status = load_tables(); !status) return status;
  if (auto ranges = ranges_of(*affinity_, ram); !ranges.empty())
    return put_all(nodes, ranges, PlaceSource::tables), Status();
  if (auto status = load_trees(); !status) return status;
  std::optional<std::vector<PhysicalRange>> told;
  for (const FoundTree& each : trees_) {
    auto ranges = ranges_of(each.tree.memory, ram);
    if (ranges.empty()) continue;
    if (told && !are_equal(*told, ranges)) {
      for (const std::uint32_t block : nodes) give_up(block, known_address, std::string(contradicting_trees));
      return {};
    }
    told = std::move(ranges);
  }
  if (told) return put_all(nodes, *told, PlaceSource::device_tree), Status();
  for (const std::uint32_t block : nodes)
    give_up(block, known_address, "no table or device tree in the guest's memory that has all of it");
  return {};
}

/// NVDIMMs are in the table by themselves.
Status LayoutPlanner::place_persistent() {
  if (board_ == nullptr || !board_->counts_dimms || unsettled().empty()) return {};
  if (auto status = load_tables(); !status) return status;
  std::map<std::uint64_t, std::size_t> ranges;  // how many of a size
  for (const MemoryAffinity& range : *affinity_) ranges[range.size] += range.is_persistent ? 1U : 0U;
  std::map<std::uint64_t, Blocks> sized;
  for (const std::uint32_t block : unsettled()) sized[blocks_[block].length].push_back(block);
  for (const MemoryAffinity& range : *affinity_) {
    const Blocks& blocks = sized[range.size];
    if (!range.is_persistent || ranges[range.size] != 1 || blocks.size() != 1) continue;
    if (!put({blocks.front(), 0, range.base, range.size, PlaceSource::tables}))
      give_up(blocks.front(), known_address, "other RAM at that of the table");
  }
  return {};
}

/// A single DIMM is at the begin of what is there for DIMMs. Which of several came first is not known.
Status LayoutPlanner::place_dimm(const Blocks& nodes) {
  const Blocks rest = unsettled();
  if (rest.size() != 1 || board_ == nullptr || board_->dimm_alignment == 0 || devices_ == nullptr) return {};
  const bool is_single = board_->counts_dimms
                             ? devices_->dimms() == std::size_t{1} && devices_->is_in_first_slot()
                             : !devices_->has_shared_memory();
  if (!is_single) return {};
  if (auto status = load_tables(); !status) return status;
  const MemoryAffinity* area = nullptr;
  for (const MemoryAffinity& range : *affinity_) {
    if (!range.is_hotpluggable || range.size == 0) continue;
    if (area != nullptr) return {};
    area = &range;
  }
  const event::RamBlock& block = blocks_[rest.front()];
  std::uint64_t end = 0;
  for (const auto& [address, piece] : placed_)
    if (is_default_ram(piece.block) || std::ranges::find(nodes, piece.block) != nodes.end())
      end = std::max(end, address + piece.size);
  if (end == 0) return {};
  if (board_->rule == BoardRule::pc) end = std::max(end, four_gib);
  const std::uint64_t aligned =
      (end + board_->dimm_alignment - 1) / board_->dimm_alignment * board_->dimm_alignment;
  const std::uint64_t base = area != nullptr ? area->base : aligned;
  const bool is_inside = area == nullptr || block.length <= area->size;
  const auto source = area != nullptr ? PlaceSource::tables : PlaceSource::machine;
  if (!is_inside || !put({rest.front(), 0, base, block.length, source}))
    give_up(rest.front(), known_address, "a DIMM that is not the first in its place");
  return {};
}

void LayoutPlanner::give_up_the_rest() {
  if (!facts_.board.empty()) {
    for (const std::uint32_t block : unsettled()) layout_.unplaced.push_back({block, false, {}, {}});
    return;
  }
  const bool is_known = board_ != nullptr;
  const std::string found = is_known                 ? std::string(obstacle_)
                            : facts_.machine.empty() ? "a stream that does not name it"
                                                     : fmt::format("{:?}", facts_.machine);
  for (const std::uint32_t block : unsettled())
    give_up(block, is_known ? known_address : "a machine of known layout", found);
}

Result<RamLayout> LayoutPlanner::plan() {
  if (auto status = place_given(); !status) return std::move(status.error());
  set_devices_aside();
  if (facts_.board.empty() && !is_whole_board(unsettled())) {
    if (auto status = place_regions(); !status) return std::move(status.error());
    place_named_by_domain();
    set_regions_aside();
  }
  Blocks nodes;
  if (auto status = choose_board(nodes); !status) return std::move(status.error());
  if (auto status = place_board(nodes); !status) return std::move(status.error());
  if (is_board_placed_ && facts_.board.empty()) {
    if (auto status = place_persistent(); !status) return std::move(status.error());
    if (auto status = place_dimm(nodes); !status) return std::move(status.error());
  }
  give_up_the_rest();
  for (const auto& [address, piece] : placed_) layout_.placed.push_back(piece);
  std::ranges::sort(layout_.unplaced, {}, &UnplacedRam::block);
  return std::move(layout_);
}

}  // namespace qember::vm
