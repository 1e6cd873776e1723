// SPDX-License-Identifier: LGPL-2.1-or-later
/// The map of a stream's memory as a drawing.
#pragma once

#include <qember/advanced/vm/page_map.hpp>

#include <string>

namespace qember::cli {

/// An SVG document, for a light ground and a dark one: each block as what its pages were sent, by address, on
/// one scale; beside that how often again, and at the end what each round sent, where there was more than one
/// of them. At most about 4 MB.
std::string map_svg(const vm::PageMap& map, const std::string& title);

}  // namespace qember::cli
