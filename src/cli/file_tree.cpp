// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file_tree.hpp"

#include <algorithm>

namespace qember::cli {

bool FileTree::add(const std::string& path, File file) {
  if (is_directory(path) || !files_.try_emplace(path, std::move(file)).second) return false;
  std::string_view rest = path;
  for (;;) {
    const std::size_t slash = rest.rfind('/');
    const std::string_view directory = slash == std::string_view::npos ? "" : rest.substr(0, slash);
    const bool is_new = !is_directory(directory);
    directories_[std::string(directory)].emplace_back(rest.substr(slash + 1));
    if (!is_new) return true;
    rest = directory;
  }
}

io::ByteSource* FileTree::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second.get();
}

std::vector<std::string> FileTree::names_in(std::string_view directory) const {
  const auto found = directories_.find(directory);
  if (found == directories_.end()) return {};
  std::vector<std::string> names = found->second;
  std::ranges::sort(names);
  return names;
}

}  // namespace qember::cli
