// SPDX-License-Identifier: LGPL-2.1-or-later
#include "files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::cli {

Error system_error(std::string doing) {
  return {Errc::io, 0, std::move(doing), "success", std::strerror(errno)};
}

Descriptor::~Descriptor() {
  if (owned_) ::close(fd_);
}

Status Descriptor::close(const std::string& name) {
  const bool owned = std::exchange(owned_, false);
  if (owned && ::close(std::exchange(fd_, -1)) != 0) return system_error(name);
  return {};
}

Result<Descriptor> open_input(const std::string& path) {
  if (path == "-") return Descriptor(STDIN_FILENO);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_error(path);
  Descriptor descriptor(fd, true);
  struct stat status{};
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return system_error(path);
  }
  return descriptor;
}

Result<OutputFile> OutputFile::open(const std::string& path, bool force) {
  OutputFile file;
  file.path_ = path;
  struct stat status{};
  const bool exists = path != "-" && ::stat(path.c_str(), &status) == 0;
  if (path == "-") {
    file.descriptor_ = Descriptor(STDOUT_FILENO);
  } else if (exists && !S_ISREG(status.st_mode)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return system_error(path);
    file.descriptor_ = Descriptor(fd, true);
  } else {
    // A link is followed, so that the file it names is what gets replaced.
    std::error_code ignored;
    const auto real = std::filesystem::weakly_canonical(path, ignored);
    if (!ignored) file.path_ = real.string();
    std::string temporary = file.path_ + ".XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0) return system_error(path);
    file.descriptor_ = Descriptor(fd, true);
    file.temporary_ = std::move(temporary);
  }
  if (!force && ::isatty(file.fd()) == 1)
    return Error{Errc::usage, 0, path, "a file, a pipe or --force", "a terminal"};
  return file;
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Status OutputFile::commit() {
  if (!temporary_.empty() && ::fsync(fd()) != 0) return system_error(path_);
  if (auto status = descriptor_.close(path_); !status) return status;
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return system_error(path_);
  temporary_.clear();
  // The name lasts only when its directory does.
  const auto parent = std::filesystem::path(path_).parent_path();
  Descriptor directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                       true);
  if (directory.get() >= 0) ::fsync(directory.get());
  return {};
}

}  // namespace qember::cli
