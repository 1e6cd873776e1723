// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read_ahead.hpp"

#include <qember/advanced/io/unfinished.hpp>

namespace qember::io {
namespace {

constexpr std::size_t buffers = 2;
constexpr std::size_t chunk = std::size_t{1} << 20U;
/// Before a chunk, for what the one before it leaves unread: a page and more.
constexpr std::size_t room = std::size_t{128} << 10U;
static_assert(room % read_alignment == 0);

InputBuffer make_buffer() { return {allocate_aligned(room + chunk), room + chunk, 0, 0}; }

}  // namespace

ReadAhead::ReadAhead(ByteSource& source) : source_(source) {
  for (std::size_t i = 0; i < buffers; ++i) free_.push_back(make_buffer());
  const SignalsHeld held;
  thread_ = std::thread([this] { run(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::run() {
  std::uint64_t offset = 0;
  for (bool ended = false; !ended;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || !free_.empty(); });
    if (stopped_) return;
    InputBuffer buffer = std::move(free_.front());
    free_.pop_front();
    lock.unlock();
    auto count = source_.read_some(offset, {buffer.bytes.get() + room, chunk});
    const std::size_t size = count ? *count : 0;
    ended = size == 0;
    offset += size;
    buffer.begin = room;
    buffer.end = room + size;
    lock.lock();
    if (!count) status_ = std::move(count.error());
    read_.push_back(std::move(buffer));
    lock.unlock();
    changed_.notify_all();
  }
}

Status ReadAhead::fill(Input& input) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !read_.empty(); });
  if (read_.front().begin == read_.front().end) {
    if (status_) input.finish();
    return status_;
  }
  InputBuffer next = std::move(read_.front());
  read_.pop_front();
  lock.unlock();
  InputBuffer free = input.exchange(std::move(next));
  // The first one is the input's own, and it may have grown.
  if (free.capacity != room + chunk) free = make_buffer();
  lock.lock();
  free_.push_back(std::move(free));
  lock.unlock();
  changed_.notify_all();
  return {};
}

}  // namespace qember::io
