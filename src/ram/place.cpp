// SPDX-License-Identifier: LGPL-2.1-or-later
#include "place.hpp"

#include "dispatch.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace qember::ram {

void place(ByteView page, std::uint8_t* to) noexcept {
  const bool in_blocks = page.size() % kernel_block == 0 && reinterpret_cast<std::uintptr_t>(to) % 64 == 0;
  if (in_blocks) {
    kernel().place(page.data(), page.size(), to);
  } else if (!page.empty()) {
    std::memcpy(to, page.data(), page.size());
  }
}

void placed() noexcept {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

}  // namespace qember::ram
