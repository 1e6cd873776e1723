// SPDX-License-Identifier: LGPL-2.1-or-later
/// For runs of XBZRLE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace qember::ram {

/// `memcpy` for lengths that are short more often than not; at least 1.
[[gnu::always_inline]] inline void short_copy(std::uint8_t* to, const std::uint8_t* from,
                                              std::size_t length) noexcept {
  // From both ends, so that one size of step serves many lengths.
  const auto ends = [=](auto size) {
    std::memcpy(to, from, size);
    std::memcpy(to + length - size, from + length - size, size);
  };
  if (length > 64) {
    std::memcpy(to, from, length);
  } else if (length >= 32) {
    ends(std::integral_constant<std::size_t, 32>{});
  } else if (length >= 16) {
    ends(std::integral_constant<std::size_t, 16>{});
  } else if (length >= 8) {
    ends(std::integral_constant<std::size_t, 8>{});
  } else if (length >= 4) {
    ends(std::integral_constant<std::size_t, 4>{});
  } else {
    to[0] = from[0];
    to[length / 2] = from[length / 2];
    to[length - 1] = from[length - 1];
  }
}

}  // namespace qember::ram
