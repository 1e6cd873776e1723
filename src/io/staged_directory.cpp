// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/staged_directory.hpp>

#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/io/system_error.hpp>

#include "follow_links.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {

Result<StagedDirectory> StagedDirectory::open(const std::string& path, bool force,
                                              std::vector<std::string> inputs) {
  auto real = follow_links(path);
  if (!real) return std::move(real.error());
  StagedDirectory directory;
  directory.path_ = std::move(*real);
  directory.inputs_ = std::move(inputs);
  directory.force_ = force;
  {
    const SignalsHeld held;
    if (::mkdir(directory.path_.c_str(), 0777) == 0)
      directory.made_ = Unfinished(directory.path_);
    else if (errno != EEXIST)
      return system_error(path);
    // Beside the files' last place, so that renaming is all that is left to do.
    std::string staging = directory.path_ + "/.qember-XXXXXX";
    if (::mkdtemp(staging.data()) == nullptr) return system_error(path);
    directory.staging_ = Unfinished(std::move(staging));
  }
  return directory;
}

Status StagedDirectory::check_free(const std::string& name) const {
  const std::string path = path_of(name);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!force_) return Error{Errc::usage, 0, path, "no file of that name, or --force", "one"};
  if (S_ISDIR(status.st_mode)) return Error{Errc::usage, 0, path, "no directory of that name", "one"};
  for (const std::string& input : inputs_)
    if (auto status = check_not_input(path, input); !status) return status;
  return {};
}

Result<Descriptor> StagedDirectory::open_file(const std::string& name) {
  const std::string path = staged_path(name);
  const SignalsHeld held;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error(path_of(name));
  if (!files_.contains(path)) files_.emplace(path, Unfinished(path));
  return Descriptor(fd, true);
}

Status StagedDirectory::place(const std::string& name) {
  const std::string path = path_of(name);
  const std::string old = old_path(name);
  const bool replaces = ::rename(path.c_str(), old.c_str()) == 0;
  if (!replaces && errno != ENOENT) return system_error(path);
  if (replaces) files_.emplace(old, Unfinished(old));
  if (::rename(staged_path(name).c_str(), path.c_str()) != 0) {
    Error error = system_error(path);
    if (replaces) ::rename(old.c_str(), path.c_str());
    return error;
  }
  placed_.push_back({name, replaces});
  return {};
}

Status StagedDirectory::commit(std::span<const std::string> names) {
  for (const std::string& name : names)
    if (auto status = check_free(name); !status) return status;
  const SignalsHeld held;
  for (const std::string& name : names) {
    if (auto status = place(name); !status) return undo(), status;
  }
  made_.keep();
  return {};
}

void StagedDirectory::undo() noexcept {
  const SignalsHeld held;
  for (; !placed_.empty(); placed_.pop_back()) {
    const auto& [name, replaces] = placed_.back();
    ::rename(path_of(name).c_str(), staged_path(name).c_str());
    if (replaces) ::rename(old_path(name).c_str(), path_of(name).c_str());
  }
}

}  // namespace qember::io
