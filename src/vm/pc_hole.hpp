// SPDX-License-Identifier: LGPL-2.1-or-later
/// What tells the hole of a PC beside the rule of its board.
#pragma once

#include <qember/advanced/vm/ram_layout.hpp>

#include "acpi_tables.hpp"

namespace qember::vm {

/// That of a PC whose SRAT has all of its RAM.
std::optional<Hole> hole_of_tables(std::span<const MemoryAffinity> ranges, std::uint64_t ram);

/// That of the CMOS, where it is not the rule of the board; nothing where it is of another size of RAM.
std::optional<Hole> hole_of_clock(const MemoryDevices::Split& split, std::string_view machine,
                                  std::uint64_t ram);

}  // namespace qember::vm
