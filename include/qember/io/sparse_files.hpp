// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files that memory is extracted to.
#pragma once

#include <qember/io/files.hpp>

#include <qember/core/bytes.hpp>

#include <map>
#include <span>
#include <vector>

namespace qember::io {

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
  /// Makes the directory where there is none. `force`: its files may be replaced, but never `input`. What is
  /// not committed is removed with this, and the directory if it was made.
  static Result<StagedDirectory> open(const std::string& path, bool force, const std::string& input);
  StagedDirectory(StagedDirectory&&) = default;
  StagedDirectory& operator=(StagedDirectory&&) = delete;

  /// `Errc::usage` where something of that name is in the way.
  Status check_free(const std::string& name) const;
  /// Opens a new file, mode 0600 since it holds a machine's memory, or one that was opened before.
  Result<Descriptor> open_file(const std::string& name);
  /// Names the files that were opened: all of `names`, each in the place of what has its name now, or none.
  Status commit(std::span<const std::string> names);
  /// Takes it back: what was replaced is there again.
  void undo() noexcept;

 private:
  struct Placed {
    std::string name;
    bool replaces;
  };

  StagedDirectory() = default;
  std::string final_path(const std::string& name) const { return path_ + "/" + name; }
  std::string staged_path(const std::string& name) const { return staging_.path() + "/" + name; }
  /// Of what was replaced. No block's file is called so.
  std::string old_path(const std::string& name) const { return staged_path(".old-" + name); }
  Status place(const std::string& name);

  std::string path_;
  std::string input_;
  bool force_ = false;
  Unfinished made_;                          ///< the directory, where it was not there
  Unfinished staging_;                       ///< inside it
  std::map<std::string, Unfinished> files_;  ///< by their path in there
  std::vector<Placed> placed_;
};

}  // namespace qember::io
