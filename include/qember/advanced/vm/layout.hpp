// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where an x86 board puts its RAM in the guest's physical address space.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace qember::vm {

/// The end of what an x86-64 processor can address.
inline constexpr std::uint64_t most_address = std::uint64_t{1} << 52U;

/// Guest-physical addresses [begin, end) that RAM goes around.
struct Hole {
  std::uint64_t begin = 0;  ///< the first address of it
  std::uint64_t end = 0;    ///< the first address after it
};

/// The hole for devices below 4 GiB, of QEMU's boards `pc-i440fx-*`, `pc-q35-*`, `microvm` and `isapc`
/// with `ram` bytes. Nothing for other machines, and where none is named (as before QEMU 2.4) and the RAM is
/// so large that boards differ. It is the rule of the board: `max-ram-below-4g`, and the range below 1 TiB
/// that AMD guests go around, move it.
std::optional<Hole> pc_hole(std::string_view machine, std::uint64_t ram) noexcept;

/// A run of RAM.
struct PhysicalRange {
  std::uint64_t address = 0;  ///< guest-physical
  std::uint64_t offset = 0;   ///< in the RAM
  std::uint64_t size = 0;     ///< in bytes
};

/// Places `ram` bytes from address 0 on around the hole; what is below 1 MiB is a range of its own.
std::vector<PhysicalRange> place_ram(std::uint64_t ram, Hole hole);

/// Places the RAM of that machine around `hole`, or around the one that `pc_hole` knows. `Errc::unsupported`
/// where there is none, and for RAM beyond `most_address`.
Result<std::vector<PhysicalRange>> place_board(std::string_view machine, std::uint64_t ram,
                                               std::optional<Hole> hole);

}  // namespace qember::vm
