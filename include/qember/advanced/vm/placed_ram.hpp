// SPDX-License-Identifier: LGPL-2.1-or-later
/// A place in a guest's physical address space, and what tells it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qember::vm {

/// What says where a piece of RAM is.
enum class PlaceSource : std::uint8_t {
  stream,   ///< the state of the device that has it
  domain,   ///< libvirt's XML
  tables,   ///< the tables that QEMU made for the guest, in its memory
  machine,  ///< the rule of the board
  names,    ///< the rule of the board, with its nodes in the order of the numbers in their names
  user,
};
std::string_view name_of(PlaceSource source) noexcept;

/// A piece of a block at an address.
struct PlacedRam {
  std::uint32_t block = 0;
  std::uint64_t offset = 0;   ///< in the block
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t size = 0;
  PlaceSource source = PlaceSource::machine;
};

/// The place of a block, as a user has it.
struct GivenPlace {
  std::string block;
  std::uint64_t address = 0;
};

}  // namespace qember::vm
