// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where each RAM block of a guest lies in its physical address space, and how that is known.
#pragma once

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/vm/layout.hpp>
#include <qember/advanced/vm/placed_ram.hpp>
#include <qember/advanced/vm/ram_trees.hpp>

#include <functional>

namespace qember::vm {

/// What the devices of a stream say of memory that is plugged in. Bounded, whatever they say.
class MemoryDevices {
 public:
  /// Takes note of a section whose description fits it.
  void note(std::string_view name, const device::Device& device, ByteView body);

  /// A device that says where its memory is.
  struct Region {
    std::string path;           ///< of the device, as its block's name begins; may be empty
    std::uint64_t address = 0;  ///< guest-physical
    std::uint64_t size = 0;     ///< bytes
  };
  std::span<const Region> regions() const noexcept { return regions_; }  ///< in the order of the stream
  /// How many DIMMs the registers of ACPI's memory hotplug count, which NVDIMMs do not go through; nothing
  /// where no device is described.
  std::optional<std::size_t> dimms() const noexcept {
    return is_told_ ? std::optional(dimms_) : std::nullopt;
  }
  /// Whether the only DIMM is in the first slot.
  bool is_in_first_slot() const noexcept { return is_in_first_slot_; }
  /// RAM of a PC below and above 4 GiB, in bytes of whole 64 KiB, as firmware is told it by the CMOS of the
  /// real-time clock (QEMU's hw/i386/pc.c); nothing for less than 16 MiB below.
  struct Split {
    std::uint64_t below = 0;  ///< 4 GiB
    std::uint64_t above = 0;  ///< 4 GiB
  };
  std::optional<Split> split() const noexcept { return split_; }  ///< of a PC that firmware ran on
  /// Whether some device has memory that names of blocks don't tell from DIMMs.
  bool has_shared_memory() const noexcept { return has_shared_memory_; }
  /// The device tree in the state of a board (pseries); empty where there is none.
  ByteView device_tree() const noexcept { return device_tree_; }

 private:
  std::vector<Region> regions_;
  std::size_t dimms_ = 0;
  bool is_told_ = false;
  bool has_shared_memory_ = false;
  bool is_in_first_slot_ = false;
  std::optional<Split> split_;
  Bytes device_tree_;
};

/// What a layout is made from.
struct LayoutFacts {
  std::string_view machine;                 ///< as the stream names it; empty where it does not
  std::span<const event::RamBlock> blocks;  ///< that the stream lists
  std::optional<Hole> hole{};               ///< that RAM of an x86 board goes around, where that is told
  std::span<const GivenPlace> places{};     ///< that are told
  std::span<const std::uint32_t> board{};   ///< blocks that are the board's RAM, in its order, where told
  std::string_view domain{};                ///< libvirt's XML; may be empty
  /// Asked for where nothing else tells; where they are null nothing does. An error of theirs is returned.
  /// Those of the stream.
  std::function<Result<const MemoryDevices*>()> devices{};
  /// Reads the block `acpi_tables_block`.
  std::function<Status(std::uint64_t offset, MutableBytes to)> tables{};
  /// Reads a page of 4096 bytes of any block; `Errc::unsupported` for one whose contents are not known.
  std::function<Status(std::uint32_t block, std::uint64_t offset, MutableBytes to)> page{};
  /// Device trees in RAM; `Errc::unsupported` where some of them may not be known.
  std::function<Result<std::vector<RamTree>>()> trees{};
  /// Whether `page` may lack what the stream has. Then the names of blocks tell nothing.
  bool are_pages_lost = false;
};

/// The block with the ACPI tables that QEMU made.
inline constexpr std::string_view acpi_tables_block = "/rom@etc/acpi/tables";

/// Places all blocks whose address is certain. `Errc::usage` for places that were told and can't be: of no
/// block, over other RAM, not on a page, beyond `most_address`.
Result<RamLayout> lay_out(const LayoutFacts& facts);

}  // namespace qember::vm
