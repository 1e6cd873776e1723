// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zero.hpp"

#include "dispatch.hpp"

#include <algorithm>

namespace qember::ram {

bool is_zero_throughout(ByteView bytes) noexcept {
  if (bytes.size() >= kernel_block) return kernel().is_zero(bytes.data(), bytes.size());
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace qember::ram
