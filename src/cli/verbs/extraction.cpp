// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include <unistd.h>

namespace qember::cli {

Result<io::OutputFile> open_seekable(const std::string& path, const ExtractOptions& options) {
  auto output = io::OutputFile::open(path, options.force);
  if (!output) return std::move(output.error());
  if (path == "-" || ::lseek(output->fd(), 0, SEEK_CUR) < 0)
    return Error{Errc::usage, 0, path, "a file, to be written here and there", "a pipe"};
  return output;
}

}  // namespace qember::cli
