// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/io/files.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {

Error system_error(std::string doing) {
  return {errno == EPIPE ? Errc::cancelled : Errc::io, 0, std::move(doing), "success", std::strerror(errno)};
}

Descriptor::~Descriptor() {
  if (owned_) ::close(fd_);
}

Status Descriptor::close(const std::string& name) {
  const bool owned = std::exchange(owned_, false);
  if (owned && ::close(std::exchange(fd_, -1)) != 0) return system_error(name);
  return {};
}

namespace {

bool status_of(const std::string& path, int standard, struct stat& status) {
  return (path == "-" ? ::fstat(standard, &status) : ::stat(path.c_str(), &status)) == 0;
}

/// Whether what is written to one changes the other.
bool is_same_storage(const struct stat& a, const struct stat& b) {
  if (S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode)) return a.st_rdev == b.st_rdev;
  return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

Result<Descriptor> open_input(const std::string& path) {
  if (auto status = check_not_input("-", path); !status) return std::move(status.error());
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

Status check_not_input(const std::string& output, const std::string& input) {
  struct stat from{};
  struct stat to{};
  const bool known = status_of(input, STDIN_FILENO, from) && status_of(output, STDOUT_FILENO, to);
  if (!known || !is_same_storage(from, to)) return {};
  return Error{Errc::usage, 0, output, "another file than the input", "the input"};
}

Status check_read_once(std::span<const std::string> inputs) {
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const std::string& input : inputs) {
    struct stat status{};
    if (!status_of(input, STDIN_FILENO, status)) continue;
    const bool is_read_once = input == "-" || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    if (is_read_once && !seen.emplace(status.st_dev, status.st_ino).second)
      return Error{Errc::usage, 0, input, "an input that can be read once to be named once",
                   "it named again"};
  }
  return {};
}

Result<std::string> followed(const std::string& path) {
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
  } else if (auto opened = file.open_temporary(); !opened) {
    return std::move(opened.error());
  }
  if (!force && ::isatty(file.fd()) == 1)
    return Error{Errc::usage, 0, path, "a file, a pipe or --force", "a terminal"};
  return file;
}

/// A link is followed, so that the file it names is what gets made or replaced.
Status OutputFile::open_temporary() {
  auto real = followed(path_);
  if (!real) return std::move(real.error());
  if (real->empty() || real->ends_with('/'))
    return Error{Errc::usage, 0, path_, "the name of a file", "none"};
  std::string temporary = *real + ".XXXXXX";
  const SignalsHeld held;
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return system_error(path_);
  descriptor_ = Descriptor(fd, true);
  temporary_ = Unfinished(std::move(temporary));
  path_ = std::move(*real);
  return {};
}

Status OutputFile::finish() {
  if (descriptor_.get() < 0) return {};
  if (temporary_ && ::fsync(fd()) != 0) return system_error(path_);
  return descriptor_.close(path_);
}

Status OutputFile::commit() {
  if (auto status = finish(); !status) return status;
  if (!temporary_) return {};
  const SignalsHeld held;
  if (::rename(temporary_.path().c_str(), path_.c_str()) != 0) return system_error(path_);
  temporary_.keep();
  // The name lasts only when its directory does.
  const auto parent = std::filesystem::path(path_).parent_path();
  Descriptor directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                       true);
  if (directory.get() >= 0) ::fsync(directory.get());
  return {};
}

}  // namespace qember::io
