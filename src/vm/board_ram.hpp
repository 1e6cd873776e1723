// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which blocks of an x86 machine are its board's RAM, by their names.
#pragma once

#include <qember/advanced/event/event.hpp>

#include <string_view>
#include <vector>

namespace qember::vm {

/// Whether that is the memory of a device, or firmware.
bool is_device_memory(std::string_view block);

/// Indices of the blocks that are the board's RAM, in the order of their addresses; none where names do not
/// tell.
std::vector<std::uint32_t> board_ram(std::span<const event::RamBlock> blocks);

}  // namespace qember::vm
