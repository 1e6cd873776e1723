// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpacked_source.hpp"

#include "fault.hpp"

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::container {
namespace {

constexpr std::size_t buffer_size = std::size_t{128} << 10U;

}  // namespace

UnpackedSource::UnpackedSource(io::ByteSource& packed, Kind kind, const Limits& limits, std::uint64_t base,
                               bool allow_trailing)
    : packed_(packed),
      kind_(kind),
      decoder_(make_decoder(kind, limits)),
      base_(base),
      allow_trailing_(allow_trailing),
      buffer_(buffer_size) {}

Error UnpackedSource::place(Error error) const {
  error.offset = base_ + read_ - (end_ - begin_);
  error.path = name_of(kind_);
  return error;
}

/// Reads more behind what is unread.
Status UnpackedSource::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= std::exchange(begin_, 0);
  const auto count = packed_.read_some(read_, MutableBytes(buffer_).subspan(end_));
  if (!count) return count.error();
  is_packed_end_ = *count == 0;
  read_ += *count;
  end_ += *count;
  return {};
}

Status UnpackedSource::decode(MutableBytes to, std::size_t& given) {
  const auto step = decoder_->decode(unread(), to);
  if (!step) return place(step.error());
  begin_ += step->taken;
  given = step->given;
  if (step->ended) state_ = State::between;
  if (step->ended || step->taken != 0 || step->given != 0) return {};
  if (!is_packed_end_) return refill();
  return place(ends_early(0, {}, "more data"));
}

/// Another member, or what is behind the last one.
Status UnpackedSource::find_next() {
  const auto goes_on = is_first_ ? std::optional(true) : decoder_->goes_on(unread());
  if (!goes_on && !is_packed_end_) return refill();
  if (!goes_on.value_or(false)) {
    state_ = State::trailing;
    return {};
  }
  is_first_ = false;
  state_ = State::member;
  if (auto status = decoder_->begin(); !status) return place(status.error());
  return {};
}

Status UnpackedSource::pass_trailing() {
  const ByteView rest = unread();
  const auto other = std::ranges::find_if(rest, [](std::uint8_t byte) { return byte != 0; });
  const bool is_other = other != rest.end();
  begin_ += static_cast<std::size_t>(other - rest.begin());
  // Streams of xz may have zeros between them (The .xz File Format, 2.2).
  if (is_other && kind_ == Kind::xz) {
    const auto goes_on = decoder_->goes_on(unread());
    if (!goes_on && !is_packed_end_) return refill();
    if (goes_on.value_or(false)) {
      state_ = State::between;
      return {};
    }
  }
  if (is_other && !allow_trailing_)
    return place(fault(Errc::trailing_data, 0, {}, "the end of the input", hex_excerpt(unread())));
  if (is_other || is_packed_end_) {
    state_ = State::end;
    return {};
  }
  return refill();
}

Status UnpackedSource::step(MutableBytes to, std::size_t& given) {
  switch (state_) {
    case State::member: return decode(to, given);
    case State::between: return find_next();
    case State::trailing: return pass_trailing();
    case State::end: break;
  }
  return {};
}

Result<std::size_t> UnpackedSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (offset != next_)
    return Error{Errc::usage, offset, std::string(name_of(kind_)),
                 fmt::format("to be read on from {}", next_), "another place of what is decompressed"};
  if (error_) return *error_;
  std::size_t done = 0;
  while (done < to.size() && state_ != State::end) {
    // What has been given need not wait for a pipe.
    if (done > 0 && begin_ == end_ && !packed_.is_seekable()) break;
    std::size_t given = 0;
    auto status = step(to.subspan(done), given);
    done += given;
    if (status) continue;
    error_ = std::move(status.error());
    if (done == 0) return *error_;
    break;
  }
  next_ += done;
  return done;
}

}  // namespace qember::container
