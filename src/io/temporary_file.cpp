// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/io/temporary_file.hpp>

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace qember::io {
namespace {

/// Calls `move(offset, at)` until `size` bytes are moved.
template <class Move>
Status move_all(std::size_t size, Move move) {
  for (std::size_t at = 0; at < size;) {
    const ssize_t moved = move(at);
    if (moved > 0)
      at += static_cast<std::size_t>(moved);
    else if (moved == 0 || errno != EINTR)
      return system_error("the temporary file of pages");
  }
  return {};
}

}  // namespace

Result<Descriptor> open_temporary() {
  const char* const directory = std::getenv("TMPDIR");
  std::string name =
      (directory != nullptr && *directory != '\0' ? std::string(directory) : "/var/tmp") + "/qember.XXXXXX";
  Descriptor file(::mkostemp(name.data(), O_CLOEXEC), true);
  if (file.get() < 0) return system_error(name);
  ::unlink(name.c_str());
  return file;
}

Status read_temporary(const Descriptor& file, std::uint64_t at, MutableBytes to) {
  return move_all(to.size(), [&](std::size_t done) {
    return ::pread(file.get(), to.data() + done, to.size() - done, static_cast<off_t>(at + done));
  });
}

Status write_temporary(const Descriptor& file, std::uint64_t at, ByteView bytes) {
  return move_all(bytes.size(), [&](std::size_t done) {
    return ::pwrite(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
  });
}

}  // namespace qember::io
