// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a process allocates; it has its own malloc, where no sanitizer has.
#pragma once

#include <cstddef>

namespace qember::test {

/// Whether anything is counted.
bool counts_allocations();
/// Bytes in use now, and the most there were since `forget_peak`.
std::size_t allocated();
std::size_t peak_allocated();
void forget_peak();

}  // namespace qember::test
