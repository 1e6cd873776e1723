// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include <malloc.h>

namespace qember::test {

/// Bytes of the heap that are in use; 0 where a sanitizer's allocator, which does not tell, has replaced it.
inline std::size_t heap_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace qember::test
