// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/descriptor_source.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {

DescriptorSource::DescriptorSource(Descriptor descriptor, std::string name)
    : descriptor_(std::move(descriptor)), name_(std::move(name)) {
  struct stat status{};
  if (::fstat(descriptor_.get(), &status) != 0) return;
  if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) return;
  const off_t begin = ::lseek(descriptor_.get(), 0, SEEK_CUR);
  if (begin < 0) return;
  begin_ = static_cast<std::uint64_t>(begin);
  if (S_ISREG(status.st_mode)) size_ = static_cast<std::uint64_t>(std::max<off_t>(status.st_size - begin, 0));
}

Result<std::size_t> DescriptorSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (begin_) {
    auto count = io::read_some_at(descriptor_.get(), *begin_ + offset, to, name_);
    if (!count) count.error().offset = offset;
    return count;
  }
  if (offset != next_)
    return Error{Errc::usage, offset, name_, fmt::format("to be read on from {}", next_),
                 "another place of what can't be sought in"};
  auto count = io::read_some(descriptor_.get(), to, name_);
  if (!count)
    count.error().offset = offset;
  else
    next_ += *count;
  return count;
}

Result<std::unique_ptr<ByteSource>> open_source(const std::string& path) {
  if (auto status = check_not_input("-", path); !status) return std::move(status.error());
  const bool is_standard = path == "-";
  // Another descriptor than 0 stays the file when the process puts something else there, as a daemon does.
  constexpr int first_of_others = STDERR_FILENO + 1;
  Descriptor descriptor(is_standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, first_of_others)
                                    : ::open(path.c_str(), O_RDONLY | O_CLOEXEC),
                        true);
  const std::string name = is_standard ? "standard input" : path;
  if (descriptor.get() < 0) return system_error(name);
  struct stat status{};
  if (::fstat(descriptor.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return system_error(name);
  }
  // A pipe as large as a read costs fewer of them; where it can't be had, nothing is lost.
  constexpr int pipe_size = 1 << 20;
  ::fcntl(descriptor.get(), F_SETPIPE_SZ, pipe_size);
  ::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<ByteSource>(new DescriptorSource(std::move(descriptor), name));
}

}  // namespace qember::io
