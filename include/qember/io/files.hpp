// SPDX-License-Identifier: LGPL-2.1-or-later
/// The files of a command: `-` is standard input or output.
#pragma once

#include <qember/io/unfinished.hpp>

#include <qember/core/result.hpp>

#include <span>
#include <string>

namespace qember::io {

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

/// `Errc::usage` where standard output is that very file.
Result<Descriptor> open_input(const std::string& path);

/// The system's last error, as ours; `Errc::cancelled` for a pipe that nobody reads any more.
Error system_error(std::string doing);

/// `Errc::usage` where both are one file, by whatever names: what is read is never written to.
Status check_not_input(const std::string& output, const std::string& input);

/// `Errc::usage` where an input is there twice that can be read once: standard input, a FIFO.
Status check_read_once(std::span<const std::string> inputs);

/// The path with the link at its end followed, and the one which that names, to what need not be there.
Result<std::string> followed(const std::string& path);

/// A file that is there under its name only when it is whole. A regular or absent path is written
/// under a name beside it, with mode 0600 since it holds a machine's memory; a FIFO, socket or device
/// is opened as it is.
class OutputFile {
 public:
  /// `force`: bytes may go to a terminal. What is there is replaced either way: the user has named it.
  static Result<OutputFile> open(const std::string& path, bool force);
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = default;

  int fd() const noexcept { return descriptor_.get(); }
  /// Syncs and closes the file: all of it is written.
  Status finish();
  /// The same, and gives it its name; without this no file stays.
  Status commit();

 private:
  OutputFile() = default;
  Status open_temporary();

  std::string path_;
  Unfinished temporary_;  ///< none where the path is written to as it is
  Descriptor descriptor_;
};

}  // namespace qember::io
