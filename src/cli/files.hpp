// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files of a command: `-` is standard input or output.
#pragma once

#include <qember/core/result.hpp>

#include <string>

namespace qember::cli {

/// Closes what it owns.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1, bool owned = false) : fd_(fd), owned_(owned) {}
  Descriptor(Descriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(std::exchange(other.owned_, false)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~Descriptor();
  int get() const noexcept { return fd_; }
  /// Reports what the system could not write.
  Status close(const std::string& name);

 private:
  int fd_;
  bool owned_;
};

Result<Descriptor> open_input(const std::string& path);

/// The system's last error, as ours.
Error system_error(std::string doing);

/// A file that is there under its name only when it is whole. A regular or absent path is written
/// under a name beside it, with mode 0600 since it holds a machine's memory; a FIFO, socket or device
/// is opened as it is.
class OutputFile {
 public:
  /// `force`: bytes may go to a terminal.
  static Result<OutputFile> open(const std::string& path, bool force);
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = default;
  /// Without `commit` no file stays.
  ~OutputFile();

  int fd() const noexcept { return descriptor_.get(); }
  /// Syncs the file and gives it its name.
  Status commit();

 private:
  OutputFile() = default;

  std::string path_;
  std::string temporary_;  ///< empty where the path is written to as it is
  Descriptor descriptor_;
};

}  // namespace qember::cli
