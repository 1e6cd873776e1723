// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_layout.hpp>

#include "layout_planner.hpp"

#include <fmt/format.h>

namespace qember::vm {

std::string_view name_of(PlaceSource source) noexcept {
  switch (source) {
    case PlaceSource::stream: return "stream";
    case PlaceSource::domain: return "domain";
    case PlaceSource::tables: return "tables";
    case PlaceSource::machine: return "machine";
    case PlaceSource::names: return "names";
    case PlaceSource::user: return "user";
    case PlaceSource::firmware: return "firmware";
    case PlaceSource::device_tree: return "device tree";
  }
  return {};
}

Status RamLayout::check_whole(std::span<const event::RamBlock> blocks) const {
  for (const UnplacedRam& each : unplaced)
    if (each.is_ram)
      return Error{Errc::unsupported, 0,          fmt::format("block {:?}", blocks[each.block].name),
                   each.expected,     each.found, {},
                   "ram_placed"};
  return {};
}

Result<RamLayout> lay_out(const LayoutFacts& facts) { return LayoutPlanner(facts).plan(); }

}  // namespace qember::vm
