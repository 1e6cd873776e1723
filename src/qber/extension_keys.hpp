// SPDX-License-Identifier: LGPL-2.1-or-later
/// The keys in a note on a section, and in one on a RAM block; a value follows each.
#pragma once

#include "extension.hpp"

namespace qember::qber::extension {

enum class Key : std::uint32_t {
  type = 1,
  continues,
  controls,
  names_block,
  fill,
  page_size,
  name,
  blocks,
  known
};
enum class BlockKey : std::uint32_t { page_size = 1, address, name, mapped };

}  // namespace qember::qber::extension
