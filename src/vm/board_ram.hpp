// SPDX-License-Identifier: LGPL-2.1-or-later
/// Boards: by what they are known, how they call their RAM, and where they put it.
#pragma once

#include <qember/advanced/event/event.hpp>
#include <qember/advanced/vm/layout.hpp>

#include <string_view>
#include <vector>

namespace qember::vm {

/// How a board's RAM lies.
enum class BoardRule : std::uint8_t {
  pc,      ///< from 0 on, around a hole below 4 GiB
  flat,    ///< in one piece
  tables,  ///< as the SRAT or the device tree has it
  malta,   ///< from 0 on, around a hole from 256 MiB to 0x90000000
};

struct Board {
  std::string_view machine;    ///< what its name begins with, to the end or to a version
  std::string_view companion;  ///< a block that tells it from others of that name, unless `ram` does
  std::string_view ram;        ///< the block that is its RAM, unless its user names others
  BoardRule rule = BoardRule::flat;
  std::uint64_t base = 0;  ///< where it begins
  std::uint64_t dimm_alignment =
      0;                      ///< where DIMMs begin behind it, if no table tells; 0 where there are none
  bool counts_dimms = false;  ///< its devices say how many there are
  std::string_view tree{};    ///< `compatible` of the root of its device tree; empty where it has none
};

/// The board of that machine. Of a stream that does not name it, that which calls its RAM so; null where
/// none is known.
const Board* find_board(std::string_view machine, std::span<const event::RamBlock> blocks);

/// Whether it is a board of x86; of one that is not known, whether its hole is told.
bool is_pc(std::string_view machine, std::span<const event::RamBlock> blocks, bool is_hole_told);

/// A PC of which all but the hole is told.
const Board& told_pc() noexcept;

/// Whether a device tree may tell what else would not be known: the board has one, and more than one block
/// that may be RAM or no place of its own for it. `board` may be null.
bool may_need_tree(const Board* board, std::span<const event::RamBlock> blocks);

/// The block of a PC's firmware.
inline constexpr std::string_view firmware_block = "pc.bios";
/// Where a PC's firmware has its last page in RAM, in bytes: up to 1 MiB.
inline constexpr std::uint64_t shadow_size = 4096, shadow_end = std::uint64_t{1} << 20U;

/// Whether another board calls its RAM so.
bool is_ram_of_another(const Board& board, std::string_view block);

/// Blocks that are the board's RAM by their names, in the order of their addresses; none where names do not
/// tell. `board` may be null.
std::vector<std::uint32_t> named_ram(const Board* board, std::span<const event::RamBlock> blocks);

/// Whether that is the memory of a device, or firmware.
bool is_device_memory(std::string_view block);
/// Whether its name begins with the path of a device, as ids that users give cannot.
bool is_named_for_device(std::string_view block);

}  // namespace qember::vm
