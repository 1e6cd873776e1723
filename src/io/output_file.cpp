// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/output_file.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>

#include "follow_links.hpp"

#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {

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
  auto real = follow_links(path_);
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

Status OutputFile::drain(Output& output) {
  return io::drain(output, fd(), path_ == "-" ? "standard output" : path_);
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
  const Descriptor directory(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), true);
  if (directory.get() >= 0) ::fsync(directory.get());
  return {};
}

}  // namespace qember::io
