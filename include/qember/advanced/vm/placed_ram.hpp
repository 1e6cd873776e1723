// SPDX-License-Identifier: LGPL-2.1-or-later
/// Places in a guest's physical address space, and what tells them.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qember::vm {

/// What says where a piece of RAM is.
enum class PlaceSource : std::uint8_t {
  stream,       ///< the state of the device that has it
  domain,       ///< libvirt's XML
  tables,       ///< the tables that QEMU made for the guest, in its memory
  machine,      ///< the rule of the board
  names,        ///< the rule of the board, with its nodes in the order of the numbers in their names
  user,         ///< who opens the saved VM says so
  firmware,     ///< the rule of the board, with the node first in which firmware has copied itself to 1 MiB
  device_tree,  ///< that which QEMU made for the guest, in its memory or in the state of its board
};
std::string_view name_of(PlaceSource source) noexcept;  ///< `device tree`, as `info` has it

/// A piece of a block at an address.
struct PlacedRam {
  std::uint32_t block = 0;                    ///< its index
  std::uint64_t offset = 0;                   ///< in the block
  std::uint64_t address = 0;                  ///< guest-physical
  std::uint64_t size = 0;                     ///< in bytes
  PlaceSource source = PlaceSource::machine;  ///< what tells it
};

/// The place of a block, as a user has it.
struct GivenPlace {
  std::string block;          ///< its name
  std::uint64_t address = 0;  ///< guest-physical
};

/// A block that has no place.
struct UnplacedRam {
  std::uint32_t block = 0;  ///< its index
  bool is_ram = false;      ///< the guest's, at an address that is not known; else a device's, or firmware
  std::string expected{};   ///< of the guest's RAM: what would have to be known
  std::string found{};      ///< and what there is
};

/// Where the guest's RAM is, and what has no place.
struct RamLayout {
  std::vector<PlacedRam> placed;      ///< in order of address; no two overlap
  std::vector<UnplacedRam> unplaced;  ///< in order of the list of blocks

  /// `Errc::unsupported`, with the first block of RAM whose address is not known.
  Status check_whole(std::span<const event::RamBlock> blocks) const;
};

}  // namespace qember::vm
