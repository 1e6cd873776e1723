// SPDX-License-Identifier: LGPL-2.1-or-later
/// Files in a directory of the system, by libfuse.
#pragma once

#include "file_tree.hpp"

namespace qember::cli {

struct MountOptions {
  std::string directory;
  bool foreground = false;
  std::int64_t modified = 0;  ///< the time of all files, in seconds since 1970
};

/// Gives the files out in the directory, which is there, to its user alone, until they are unmounted or
/// SIGHUP, SIGINT or SIGTERM comes. Unless that is to be in the foreground, it returns in another process
/// than it was called in: the calling one ends with 0 when the files are there. Called before there are
/// threads. `Errc::unsupported` where qember was built without libfuse3, `Errc::io` where the system refuses.
Status serve_files(const FileTree& files, const MountOptions& options);

}  // namespace qember::cli
