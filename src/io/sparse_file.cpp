// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/sparse_file.hpp>

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace qember::io {
namespace {
constexpr std::size_t run_capacity = std::size_t{256} << 10U;
}

Status SparseFile::write(std::uint64_t at, ByteView data) {
  const bool follows = run_at_ + run_.size() == at && run_.size() + data.size() <= run_capacity;
  if (!follows) {
    if (auto status = flush(); !status) return status;
    run_at_ = at;
  }
  run_.insert(run_.end(), data.begin(), data.end());
  return {};
}

Status SparseFile::flush() {
  auto status = write_at(fd_, run_at_, run_, name_);
  run_.clear();
  return status;
}

Status SparseFile::read(std::uint64_t at, MutableBytes data) {
  if (auto status = flush(); !status) return status;
  return read_at(fd_, at, data, name_);
}

Status SparseFile::clear(std::uint64_t at, std::uint64_t size) {
  if (auto status = flush(); !status) return status;
  if (::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                  static_cast<off_t>(size)) == 0)
    return {};
  if (errno != EOPNOTSUPP) return system_error(name_);
  const Bytes zeroes(std::min<std::uint64_t>(size, run_capacity));
  for (std::uint64_t done = 0; done < size; done += zeroes.size()) {
    const auto piece = ByteView(zeroes).first(std::min<std::uint64_t>(zeroes.size(), size - done));
    if (auto status = write_at(fd_, at + done, piece, name_); !status) return status;
  }
  return {};
}

Status SparseFile::resize(std::uint64_t size) {
  if (auto status = flush(); !status) return status;
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0)
    return system_error(fmt::format("{} of {} bytes", name_, size));
  return {};
}

Result<std::optional<std::uint64_t>> SparseFile::next_data(std::uint64_t at) {
  if (auto status = flush(); !status) return std::move(status.error());
  const off_t data = ::lseek(fd_, static_cast<off_t>(at), SEEK_DATA);
  if (data >= 0) return std::optional(static_cast<std::uint64_t>(data));
  if (errno == ENXIO) return std::optional<std::uint64_t>();
  return std::optional(at);
}

}  // namespace qember::io
