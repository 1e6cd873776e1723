// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a parser reads from: the unread bytes of an input in one piece, from memory or fed in chunks.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/io/aligned_bytes.hpp>

namespace qember::io {

/// A buffer with bytes of an input, and with room before them.
struct InputBuffer {
  AlignedBytes bytes;        ///< the buffer
  std::size_t capacity = 0;  ///< its size
  std::size_t begin = 0;     ///< of the bytes
  std::size_t end = 0;       ///< after the last of them
};

/// Bytes that were fed and not read yet.
class Input {
 public:
  /// An input that is fed. `capacity` bytes are set aside at the start; more only for an element that is
  /// larger, as its bytes arrive. `base`: where the stream begins in the file that it is a part of.
  explicit Input(std::size_t capacity = std::size_t{256} << 10U, std::uint64_t base = 0);
  /// All of an input, in memory that outlives this.
  static Input over(ByteView whole, std::uint64_t base = 0);

  // For the parser.

  /// The unread bytes; valid until the next `space` or `feed`.
  ByteView view() const noexcept { return {data_ + begin_, end_ - begin_}; }
  /// The first unread byte, counted from the first byte of the file: the offset that errors and events have.
  std::uint64_t offset() const noexcept { return base_ + position_; }
  /// Where the stream begins in the file.
  std::uint64_t base() const noexcept { return base_; }
  /// The first unread byte, counted from the first byte of the stream, as offsets in a stream are.
  std::uint64_t position() const noexcept { return position_; }
  /// No more bytes will come.
  bool finished() const noexcept { return finished_; }
  /// Passes over the first `count` unread bytes.
  void consume(std::size_t count) noexcept {
    begin_ += count;
    position_ += count;
  }
  /// Passes over `count` bytes, which need not have come: what feeds it goes on behind them.
  void skip(std::uint64_t count) noexcept {
    const std::uint64_t unread = end_ - begin_;
    position_ += count;
    begin_ = count < unread ? begin_ + static_cast<std::size_t>(count) : end_;
  }
  /// The bytes from `position` on that were passed over since the last `space`, `feed` or `exchange`, from
  /// where `position` was after it; valid until the next.
  ByteView consumed_since(std::uint64_t position) const noexcept {
    const auto count = static_cast<std::size_t>(position_ - position);
    return {data_ + begin_ - count, count};
  }
  /// Whether the bytes are this input's own, and stay until it is fed.
  bool holds(ByteView bytes) const noexcept {
    return data_ <= bytes.data() && bytes.data() + bytes.size() <= data_ + end_;
  }
  /// Where bytes that it holds begin, from the first byte of the stream.
  std::uint64_t position_of(ByteView bytes) const noexcept {
    return position_ + static_cast<std::uint64_t>(bytes.data() - (data_ + begin_));
  }
  /// Says that nothing can be parsed before `count` unread bytes are there.
  void want(std::size_t count) noexcept { wanted_ = count; }

  // For the one who feeds it.

  /// Bytes that it has been fed in all, since the first byte of the stream.
  std::uint64_t received() const noexcept { return position_ + (end_ - begin_); }
  /// Room to read into, never empty. Invalidates views.
  MutableBytes space();
  /// The first `count` bytes of that room were filled.
  void commit(std::size_t count) noexcept { end_ += count; }
  /// Copies a chunk in. Invalidates views.
  void feed(ByteView chunk);
  /// Goes on in another buffer, with what is unread in the room before its bytes; where that is too small, a
  /// copy is fed. Returns the buffer that is free now. Invalidates views.
  InputBuffer exchange(InputBuffer next);
  /// Says that no more bytes will come.
  void finish() noexcept { finished_ = true; }

 private:
  const std::uint8_t* data_ = nullptr;
  AlignedBytes storage_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t wanted_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t position_ = 0;
  bool finished_ = false;
};

}  // namespace qember::io
