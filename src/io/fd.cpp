// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/io/fd.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace qember::io {
namespace {

Error failure(std::uint64_t offset, std::string_view doing) {
  const Errc code = errno == EPIPE ? Errc::cancelled : Errc::io;
  return {code, offset, std::string(doing), "success", std::strerror(errno)};
}

/// Whether the call that failed is to be made again: after a signal, or when a descriptor that does not block
/// is ready.
bool is_ready_again(int fd, short event) {
  if (errno != EAGAIN) return errno == EINTR;
  pollfd waits{fd, event, 0};
  return ::poll(&waits, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

Status fill(Input& input, int fd) {
  const MutableBytes room = input.space();
  for (;;) {
    const ssize_t count = ::read(fd, room.data(), room.size());
    if (count > 0) {
      input.commit(static_cast<std::size_t>(count));
      return {};
    }
    if (count == 0) {
      input.finish();
      return {};
    }
    if (!is_ready_again(fd, POLLIN)) return failure(input.offset() + input.view().size(), "read");
  }
}

Status drain(Output& output, int fd) {
  std::span<const iovec> left = output.pieces();
  std::size_t written_of_first = 0;
  while (!left.empty()) {
    const iovec& first = left.front();
    ssize_t count = 0;
    if (written_of_first > 0) {
      count = ::write(fd, static_cast<const char*>(first.iov_base) + written_of_first,
                      first.iov_len - written_of_first);
    } else {
      count = ::writev(fd, left.data(), static_cast<int>(std::min<std::size_t>(left.size(), IOV_MAX)));
    }
    if (count < 0) {
      if (is_ready_again(fd, POLLOUT)) continue;
      return failure(output.written() - output.pending(), "write");
    }
    written_of_first += static_cast<std::size_t>(count);
    while (!left.empty() && written_of_first >= left.front().iov_len) {
      written_of_first -= left.front().iov_len;
      left = left.subspan(1);
    }
  }
  output.clear();
  return {};
}

}  // namespace qember::io
