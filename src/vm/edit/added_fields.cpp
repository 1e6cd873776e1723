// SPDX-License-Identifier: LGPL-2.1-or-later
#include "added_fields.hpp"

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

// Seen in what QEMU 11.1 saves of machine types before and after the one that has it.
constexpr std::array additions{
    KnownAddition{"e1000e", "core.tx", {"core.timadj", "int64", 8}},  // from 8.0 on
    KnownAddition{"piix4_pm",                                         // from 7.0 on
                  "acpi_pci_hotplug.acpi_pcihp_pci_status",
                  {"acpi_pci_hotplug.acpi_index", "uint32", 4}},
};

}  // namespace

const KnownAddition* find_addition(std::string_view section, std::string_view field) noexcept {
  const std::string_view device = section.substr(section.rfind('/') + 1);
  const auto found = std::ranges::find_if(additions, [&](const KnownAddition& each) {
    return each.device == device && each.field.name == field;
  });
  return found == additions.end() ? nullptr : &*found;
}

std::span<const KnownAddition> known_additions() noexcept { return additions; }

}  // namespace qember::vm
