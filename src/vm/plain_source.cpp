// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plain_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::vm {

/// All that was written before has been read, since it may refer to what the stream forgets now.
Status PlainSource::write_more() {
  output_.clear();
  piece_ = at_ = 0;
  std::array<event::RamPage, 64> room;
  if (const std::size_t count = stream_->next_pages(room); count != 0)
    return writer_.take(std::span<const event::RamPage>(room).first(count));
  const auto event = stream_->next();
  if (!event) return event.error();
  ended_ = std::holds_alternative<event::StreamEnd>(*event);
  return writer_.take(*event);
}

/// Reads what there is, and returns how many bytes that are.
std::size_t PlainSource::take(MutableBytes to) {
  std::size_t done = 0;
  for (const auto pieces = output_.pieces(); done < to.size() && piece_ < pieces.size();) {
    const iovec& piece = pieces[piece_];
    const std::size_t count = std::min(piece.iov_len - at_, to.size() - done);
    std::copy_n(static_cast<const std::uint8_t*>(piece.iov_base) + at_, count, to.data() + done);
    done += count;
    at_ += count;
    if (at_ == piece.iov_len) {
      ++piece_;
      at_ = 0;
    }
  }
  return done;
}

Result<std::size_t> PlainSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (offset != next_)
    return Error{Errc::usage, offset, "stream", fmt::format("to be read on from {}", next_),
                 "another place of what is put together"};
  std::size_t done = 0;
  while (!error_ && done < to.size()) {
    done += take(to.subspan(done));
    if (done == to.size() || ended_) break;
    if (auto status = write_more(); !status) error_ = std::move(status.error());
  }
  if (done == 0 && error_) return *error_;
  next_ += done;
  return done;
}

}  // namespace qember::vm
