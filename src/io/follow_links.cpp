// SPDX-License-Identifier: LGPL-2.1-or-later
#include "follow_links.hpp"

#include <qember/advanced/io/system_error.hpp>

#include <cerrno>
#include <filesystem>

namespace qember::io {

Result<std::string> follow_links(const std::string& path) {
  constexpr int most_links = 40;
  std::filesystem::path at = path;
  for (int links = 0; links < most_links; ++links) {
    std::error_code none;
    const auto target = std::filesystem::read_symlink(at, none);
    if (none) return at.string();
    at = at.parent_path() / target;
  }
  errno = ELOOP;
  return system_error(path);
}

}  // namespace qember::io
