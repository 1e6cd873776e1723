// SPDX-License-Identifier: LGPL-2.1-or-later
/// How many TLVs a process has looked at: the linker puts a count before the library's own function.
#pragma once

#include <cstddef>

namespace qember::test {

/// Headers that were parsed.
std::size_t visited_tlvs();

}  // namespace qember::test
