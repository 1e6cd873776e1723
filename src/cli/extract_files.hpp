// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files that memory is extracted to.
#pragma once

#include "files.hpp"

#include <qember/core/bytes.hpp>

#include <span>

namespace qember::cli {

/// The name of a block's file. Bytes outside `[A-Za-z0-9._@:+-]` and a leading `.` or `-` become `%XX`, as
/// does the first letter of a block called like the index; over 200 bytes, it is cut and ends with `~` and 16
/// hex digits of the name's hash (64-bit FNV-1a). Never a path.
std::string block_file_name(std::string_view block);

inline constexpr auto index_file_name = "index.json";

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

 private:
  int fd_;
  std::string name_;
  std::uint64_t run_at_ = 0;  ///< of `run_` in the file
  Bytes run_;
};

/// Writes all of `data` at that offset.
Status write_at(int fd, std::uint64_t at, ByteView data, const std::string& name);
/// Fills `data`, with zeroes beyond the end of the file.
Status read_at(int fd, std::uint64_t at, MutableBytes data, const std::string& name);

/// A directory whose new files get their names together, when they are whole.
class StagedDirectory {
 public:
  /// Makes the directory where there is none. `force`: its files may be replaced.
  static Result<StagedDirectory> open(const std::string& path, bool force);
  StagedDirectory(StagedDirectory&& other) noexcept;
  StagedDirectory& operator=(StagedDirectory&&) = delete;
  /// Removes what was not committed, and the directory if it was made.
  ~StagedDirectory();

  /// `Errc::usage` where a file of that name is in the way.
  Status check_free(const std::string& name) const;
  /// Opens a new file, mode 0600 since it holds a machine's memory, or one that was opened before.
  Result<Descriptor> open_file(const std::string& name) const;
  /// Names the files that were opened, and those alone; each replaces what has its name now.
  Status commit(std::span<const std::string> names);

 private:
  StagedDirectory() = default;

  std::string path_;
  std::string staging_;  ///< inside `path_`; empty when nothing is left to remove
  bool made_ = false;
  bool force_ = false;
};

}  // namespace qember::cli
