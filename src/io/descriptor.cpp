// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/descriptor.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <unistd.h>

namespace qember::io {

Descriptor::~Descriptor() {
  if (owned_) ::close(fd_);
}

Status Descriptor::close(const std::string& name) {
  const bool owned = std::exchange(owned_, false);
  if (owned && ::close(std::exchange(fd_, -1)) != 0) return system_error(name);
  return {};
}

}  // namespace qember::io
