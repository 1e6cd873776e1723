// SPDX-License-Identifier: LGPL-2.1-or-later
/// Lines that fit a terminal.
#pragma once

#include <string>
#include <string_view>

namespace qember::cli {

/// Whole lines, each of which that has more than `width` columns is divided at spaces; what follows stands
/// below where its value begins. Sequences that give colours take no columns, and words are never divided.
std::string wrapped_lines(std::string_view text, std::size_t width);

}  // namespace qember::cli
