// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/temporary_file.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace qember::io {
namespace {
/// What errors call it.
constexpr auto its_name = "the temporary file";
}  // namespace

Status TemporaryFile::create() {
  const char* const directory = std::getenv("TMPDIR");
  std::string name =
      (directory != nullptr && *directory != '\0' ? std::string(directory) : "/var/tmp") + "/qember.XXXXXX";
  const SignalsHeld held;  // between its making and its removal
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return system_error(name);
  ::unlink(name.c_str());
  descriptor_ = Descriptor(fd, true);
  return {};
}

Status TemporaryFile::write(std::uint64_t offset, ByteView bytes) {
  if (descriptor_.get() < 0)
    if (auto status = create(); !status) return status;
  return write_at(descriptor_.get(), offset, bytes, its_name);
}

Result<int> TemporaryFile::descriptor() {
  if (descriptor_.get() < 0)
    if (auto status = create(); !status) return std::move(status.error());
  return descriptor_.get();
}

Status TemporaryFile::read(std::uint64_t offset, MutableBytes to) const {
  return read_at(descriptor_.get(), offset, to, its_name);
}

}  // namespace qember::io
