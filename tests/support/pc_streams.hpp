// SPDX-License-Identifier: LGPL-2.1-or-later
/// How streams of PCs, made by hand, begin and end.
#pragma once

#include "native_builder.hpp"

namespace qember::test {

inline constexpr std::uint64_t page_size = 4096;

/// Up to where RAM begins; where `machine` is empty, a command tells the page size.
NativeBuilder head_of(const std::string& machine);
/// With what comes behind the pages.
Bytes ended(NativeBuilder& to);

}  // namespace qember::test
