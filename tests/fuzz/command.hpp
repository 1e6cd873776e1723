// SPDX-License-Identifier: LGPL-2.1-or-later
/// The command within this process, for what runs it many thousand times.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string>
#include <vector>

namespace qember::fuzz {

struct Ran {
  int code = -1;
  std::string out;
  std::string error;
};

/// Runs `qember ARGUMENTS` with descriptors 1 and 2 taken. What it throws comes through.
Ran run(const std::vector<std::string>& arguments);

/// A file in memory alone, with a path as long as it lives.
class MemoryFile {
 public:
  MemoryFile();
  explicit MemoryFile(ByteView bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const noexcept { return fd_; }
  std::string path() const;
  /// What has been written to it, which it then forgets.
  std::string take();

 private:
  int fd_;
};

}  // namespace qember::fuzz
