// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/ram/zero.hpp>

#include "dispatch.hpp"

#include <algorithm>

namespace qember::ram {

bool is_zero(ByteView bytes) noexcept {
  const std::size_t size = bytes.size();
  if (size < kernel_block)
    return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
  // Most pages that hold anything show it in one of three places, and each costs a cache line.
  if (bytes[0] != 0 || bytes[size / 2] != 0 || bytes[size - 1] != 0) return false;
  return kernel().is_zero(bytes.data(), size);
}

bool equal(ByteView one, ByteView other) noexcept {
  if (one.size() != other.size()) return false;
  if (one.size() < kernel_block) return std::equal(one.begin(), one.end(), other.begin());
  return kernel().equal(one.data(), other.data(), one.size());
}

}  // namespace qember::ram
