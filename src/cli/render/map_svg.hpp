// SPDX-License-Identifier: LGPL-2.1-or-later
/// The map of a stream's memory as a drawing.
#pragma once

#include <qember/advanced/vm/page_map.hpp>

#include <string>

namespace qember::cli {

/// An SVG document: each block as what its pages were sent, and beside that how often again, by address; then
/// what each round sent. At most about 3 MB.
std::string map_svg(const vm::PageMap& map, const std::string& title);

}  // namespace qember::cli
