// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whole pages at a glance.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::ram {

/// `is_zero` for pages that look like it.
bool is_zero_throughout(ByteView bytes) noexcept;

/// Whether all bytes are 0.
inline bool is_zero(ByteView bytes) noexcept {
  if (bytes.empty()) return true;
  // Most pages that hold anything show it in one of three places. Each costs a cache line, so one by one.
  if (bytes.front() != 0 || bytes.back() != 0 || bytes[bytes.size() / 2] != 0) return false;
  return is_zero_throughout(bytes);
}

}  // namespace qember::ram
