// SPDX-License-Identifier: LGPL-2.1-or-later
#include "freed_memory.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace qember::cli {

void return_freed_memory() {
#ifdef __GLIBC__
  constexpr int large = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, large);
#endif
}

}  // namespace qember::cli
