// SPDX-License-Identifier: LGPL-2.1-or-later
/// A file that is written here and there, by offsets.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <string>

namespace qember::io {

/// A file of zeroes that is written here and there, by its offset. Neither owns nor closes the descriptor.
class SparseFile {
 public:
  /// `name`: for errors.
  SparseFile(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// Collects adjacent writes.
  Status write(std::uint64_t at, ByteView data);
  Status read(std::uint64_t at, MutableBytes data);
  /// Makes it a hole, or zeroes where the file system has none.
  Status clear(std::uint64_t at, std::uint64_t size);
  /// Writes what is collected.
  Status flush();
  /// Cuts the file to that size, or makes it longer by a hole.
  Status resize(std::uint64_t size);
  /// Where the first byte from `at` on is that is not in a hole; nothing where there are holes alone. `at`
  /// where the file system can't tell.
  Result<std::optional<std::uint64_t>> next_data(std::uint64_t at);

 private:
  int fd_;
  std::string name_;
  std::uint64_t run_at_ = 0;  ///< of `run_` in the file
  Bytes run_;
};

}  // namespace qember::io
