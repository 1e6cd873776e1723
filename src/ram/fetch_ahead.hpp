// SPDX-License-Identifier: LGPL-2.1-or-later
/// For kernels that read page after page.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qember::ram {

/// Has 256 bytes fetched that come half a page after `from`: the processor by itself begins anew at each 4
/// KiB. Into the second-level cache: what bypasses the caches comes too late. They may be beyond the page,
/// where the next one mostly is; to fetch what is not there does nothing.
[[gnu::always_inline]] inline void fetch_ahead(const std::uint8_t* from) noexcept {
  constexpr std::uintptr_t distance = 2048;
  const std::uintptr_t ahead = reinterpret_cast<std::uintptr_t>(from) + distance;
  for (std::uintptr_t line = 0; line < 256; line += 64)
    // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is accessed through it
    __builtin_prefetch(reinterpret_cast<const void*>(ahead + line), 0, 2);
}

}  // namespace qember::ram
