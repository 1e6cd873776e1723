// SPDX-License-Identifier: LGPL-2.1-or-later
#include "findings.hpp"

#include <algorithm>

namespace qember::vm {

/// What mends one thing comes one after another.
Mends::Mends(const MachineState& here, const MachineState& there) : all_(find_remedies(here, there)) {
  for (auto first = all_.cbegin(); first != all_.cend();) {
    const auto end =
        std::find_if(first, all_.cend(), [&](const Remedy& each) { return each.where != first->where; });
    by_place_.emplace(first->where, std::span(first, end));
    first = end;
  }
}

std::span<const Remedy> Mends::of(std::string_view where) const {
  // An obstacle in a device's PCI configuration says the first place in it.
  constexpr std::string_view config = ":pci config";
  if (const auto at = where.find(config); at != std::string_view::npos)
    where = where.substr(0, at + config.size());
  const auto found = by_place_.find(where);
  return found == by_place_.end() ? std::span<const Remedy>() : found->second;
}

}  // namespace qember::vm
