// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/fd.hpp>

#include <qember/advanced/io/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace qember::io {
namespace {

/// Whether the call that failed is to be made again: after a signal, or when a descriptor that does not block
/// is ready.
bool is_ready_again(int fd, short event) {
  if (errno != EAGAIN) return errno == EINTR;
  pollfd waits{fd, event, 0};
  return ::poll(&waits, 1, -1) >= 0 || errno == EINTR;
}

/// Calls `read` until it reads something or the end.
template <class Read>
Result<std::size_t> read_ready(int fd, const std::string& name, Read read) {
  for (;;) {
    const ssize_t count = read();
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!is_ready_again(fd, POLLIN)) return system_error(name);
  }
}

}  // namespace

Result<std::size_t> read_some(int fd, MutableBytes to, const std::string& name) {
  return read_ready(fd, name, [&] { return ::read(fd, to.data(), to.size()); });
}

Result<std::size_t> read_some_at(int fd, std::uint64_t offset, MutableBytes to, const std::string& name) {
  // No file is longer: what is behind it is behind the end.
  if (offset > std::numeric_limits<off_t>::max()) return std::size_t{0};
  auto count =
      read_ready(fd, name, [&] { return ::pread(fd, to.data(), to.size(), static_cast<off_t>(offset)); });
  if (!count) count.error().offset = offset;
  return count;
}

Status fill(Input& input, int fd, const std::string& name) {
  auto count = read_some(fd, input.space(), name);
  if (!count) {
    count.error().offset = input.offset() + input.view().size();
    return std::move(count.error());
  }
  input.commit(*count);
  if (*count == 0) input.finish();
  return {};
}

Status write_all(int fd, ByteView bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    else if (!is_ready_again(fd, POLLOUT))
      return system_error(name);
  }
  return {};
}

Status write_at(int fd, std::uint64_t offset, ByteView bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(name, offset);
    offset += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status read_at(int fd, std::uint64_t offset, MutableBytes to, const std::string& name) {
  while (!to.empty()) {
    auto count = read_some_at(fd, offset, to, name);
    if (!count) return std::move(count.error());
    if (*count == 0) break;
    offset += *count;
    to = to.subspan(*count);
  }
  std::ranges::fill(to, std::uint8_t{0});
  return {};
}

Status drain(Output& output, int fd, const std::string& name) {
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
      return system_error(name, output.written() - output.pending());
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
