// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz.hpp"

#include <cstdio>
#include <cstdlib>

namespace qember::fuzz {

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace qember::fuzz
