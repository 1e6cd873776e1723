// SPDX-License-Identifier: LGPL-2.1-or-later
/// Fields that later versions of QEMU save, and what a stream without them means.
#pragma once

#include <string_view>

#include "description_changes.hpp"

namespace qember::vm {

/// All are zero by default, as QEMU has it where a stream is of a machine type that had none.
struct KnownAddition {
  std::string_view device;  ///< the last part of the section's name
  std::string_view before;  ///< the field of the device that it follows
  AddedField field;
};

/// The fields of that kind of device; null where the name is none of them.
const KnownAddition* find_addition(std::string_view section, std::string_view field) noexcept;
/// All that a device of that section may have.
std::span<const KnownAddition> known_additions() noexcept;

}  // namespace qember::vm
