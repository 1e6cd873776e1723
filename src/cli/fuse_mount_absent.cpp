// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse_mount.hpp"

namespace qember::cli {

Status serve_files(const FileTree&, const MountOptions&) {
  return Error{Errc::unsupported, 0, "mount", "qember built with libfuse3", "one built without it"};
}

}  // namespace qember::cli
