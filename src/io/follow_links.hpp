// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where a path leads to.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <string>

namespace qember::io {

/// The path with the symbolic link at its end followed, and the one which that names, up to a name that is no
/// link and need not be there. `Errc::io` for more than 40 links.
Result<std::string> follow_links(const std::string& path);

}  // namespace qember::io
