// SPDX-License-Identifier: LGPL-2.1-or-later
/// A file descriptor that is closed with its owner.
#pragma once

#include <qember/advanced/core/result.hpp>

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
  /// Reports what the system could not write. `name`: of the file, for the error.
  Status close(const std::string& name);

 private:
  int fd_;
  bool owned_;
};

}  // namespace qember::io
