// SPDX-License-Identifier: LGPL-2.1-or-later
/// A directory whose files are written atomically, all of them together.
#pragma once

#include <qember/advanced/io/descriptor.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace qember::io {

/// A directory whose new files get their names together, when they are whole.
class StagedDirectory {
 public:
  /// Makes the directory where there is none. `force`: its files may be replaced, but none of `inputs`. What
  /// is not committed is removed with this, and the directory if it was made.
  static Result<StagedDirectory> open(const std::string& path, bool force, std::vector<std::string> inputs);
  StagedDirectory(StagedDirectory&&) = default;
  StagedDirectory& operator=(StagedDirectory&&) = delete;

  /// The path that a file of that name gets.
  std::string path_of(const std::string& name) const { return path_ + "/" + name; }
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
  std::string staged_path(const std::string& name) const { return staging_.path() + "/" + name; }
  /// The path of what was replaced. No block's file is called so.
  std::string old_path(const std::string& name) const { return staged_path(".old-" + name); }
  Status place(const std::string& name);

  std::string path_;
  std::vector<std::string> inputs_;
  bool force_ = false;
  Unfinished made_;                          ///< the directory, where it was not there
  Unfinished staging_;                       ///< inside it
  std::map<std::string, Unfinished> files_;  ///< by their path in there
  std::vector<Placed> placed_;
};

}  // namespace qember::io
