// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/input.hpp>

#include <algorithm>

namespace qember::io {
namespace {
/// Below this much room, unread bytes move to the front rather than be read after in small steps.
constexpr std::size_t least_room = std::size_t{64} << 10U;
}  // namespace

Input::Input(std::size_t capacity, std::uint64_t base)
    : storage_(allocate_aligned(std::max(capacity, 2 * least_room))),
      capacity_(std::max(capacity, 2 * least_room)),
      base_(base) {
  data_ = storage_.get();
}

Input Input::over(ByteView whole, std::uint64_t base) {
  Input input(0, base);
  input.storage_.reset();
  input.data_ = whole.data();
  input.capacity_ = input.end_ = whole.size();
  input.finished_ = true;
  return input;
}

MutableBytes Input::space() {
  const std::size_t unread = end_ - begin_;
  if (!storage_) capacity_ = end_;  // memory of somebody else's, which is not written to
  if (unread == 0 && storage_) begin_ = end_ = 0;
  const bool short_of_room = capacity_ - end_ < least_room || wanted_ > capacity_ - begin_;
  // What is unread moves so that what comes is read to where that is fast.
  const std::size_t aligned = align_read(unread);
  if (storage_ && short_of_room && begin_ > aligned - unread && aligned + least_room <= capacity_) {
    std::memmove(storage_.get() + (aligned - unread), data_ + begin_, unread);
    begin_ = aligned - unread;
    end_ = aligned;
  }
  if (capacity_ - end_ < least_room) {
    // Doubles what has been received, never what was claimed.
    const std::size_t larger = std::max(2 * capacity_, aligned + least_room);
    auto storage = allocate_aligned(larger);
    if (unread > 0) std::memcpy(storage.get() + (aligned - unread), data_ + begin_, unread);
    storage_ = std::move(storage);
    data_ = storage_.get();
    capacity_ = larger;
    begin_ = aligned - unread;
    end_ = aligned;
  }
  wanted_ = 0;
  return {storage_.get() + end_, capacity_ - end_};
}

InputBuffer Input::exchange(InputBuffer next) {
  const ByteView unread = view();
  if (unread.size() > next.begin) {
    feed({next.bytes.get() + next.begin, next.end - next.begin});
    return next;
  }
  if (!unread.empty())
    std::memcpy(next.bytes.get() + next.begin - unread.size(), unread.data(), unread.size());
  InputBuffer free{std::move(storage_), capacity_, 0, 0};
  storage_ = std::move(next.bytes);
  data_ = storage_.get();
  capacity_ = next.capacity;
  begin_ = next.begin - unread.size();
  end_ = next.end;
  wanted_ = 0;
  return free;
}

void Input::feed(ByteView chunk) {
  while (!chunk.empty()) {
    const MutableBytes room = space();
    const std::size_t count = std::min(room.size(), chunk.size());
    std::memcpy(room.data(), chunk.data(), count);
    commit(count);
    chunk = chunk.subspan(count);
  }
}

}  // namespace qember::io
