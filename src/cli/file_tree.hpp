// SPDX-License-Identifier: LGPL-2.1-or-later
/// Files that are read by their paths, in directories.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace qember::cli {

/// Files that nobody writes. Once all are there, it may be used concurrently.
class FileTree {
 public:
  using File = std::unique_ptr<io::ByteSource>;

  /// Adds a file, which is seekable and has a size, and the directories that its path names: `ram/pc.ram`.
  /// False where there is something of that path.
  bool add(const std::string& path, File file);

  /// Null where that is no file.
  io::ByteSource* find(std::string_view path) const;
  /// The root is the empty path.
  bool is_directory(std::string_view path) const { return directories_.contains(path); }
  /// What is in a directory, sorted; nothing of what is none.
  std::vector<std::string> names_in(std::string_view directory) const;

 private:
  std::map<std::string, File, std::less<>> files_;
  /// Names in each, in the order in which they came.
  std::map<std::string, std::vector<std::string>, std::less<>> directories_{{"", {}}};
};

}  // namespace qember::cli
