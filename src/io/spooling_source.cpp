// SPDX-License-Identifier: LGPL-2.1-or-later
#include "spooling_source.hpp"

#include "spool_limit.hpp"

#include <algorithm>

namespace qember::io {

std::optional<std::uint64_t> SpoolingSource::size() const {
  const std::lock_guard lock(mutex_);
  return ended_ ? std::optional(received_) : std::nullopt;
}

Result<std::size_t> SpoolingSource::read_some(std::uint64_t offset, MutableBytes to) {
  const std::lock_guard lock(mutex_);
  while (offset >= received_ && !ended_) {
    // The source has been read further than the file holds, and can't be asked for that again.
    if (!failed_) {
      if (auto status = receive(); !status) failed_ = std::move(status.error());
    }
    if (failed_) return *failed_;
  }
  if (offset >= received_) return std::size_t{0};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), received_ - offset));
  if (auto status = file_.read(offset, to.first(count)); !status) return std::move(status.error());
  return count;
}

Status SpoolingSource::receive() {
  buffer_.resize(std::size_t{1} << 20U);
  const auto count = source_.read_some(received_, buffer_);
  if (!count) return count.error();
  if (*count == 0) return ended_ = true, Status();
  if (*count > most_ - received_) return too_much_to_spool(most_);
  if (auto status = file_.write(received_, ByteView(buffer_).first(*count)); !status) return status;
  received_ += *count;
  return {};
}

}  // namespace qember::io
