// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a writer writes to: a list of pieces, ready for scatter-gather. Small bytes are copied into
/// it, large ones are borrowed. It owns no descriptor.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <sys/uio.h>

#include <deque>
#include <memory>

namespace qember::io {

/// Pieces of what was written.
class Output {
 public:
  /// Room for `count` bytes, to be filled and given to `commit`; valid until the next call.
  std::uint8_t* reserve(std::size_t count);
  /// Bytes of that room before `end` were filled.
  void commit(const std::uint8_t* end);
  /// Copies bytes.
  void copy(ByteView bytes);
  /// A reference to bytes that stay as they are until `clear`.
  void borrow(ByteView bytes);
  /// Bytes that are kept until `clear`.
  void keep(Bytes bytes);

  /// What was written since `clear`, in order.
  std::span<const iovec> pieces() const noexcept { return pieces_; }
  /// Bytes in `pieces`.
  std::size_t pending() const noexcept { return pending_; }
  /// Bytes written in all.
  std::uint64_t written() const noexcept { return written_; }
  /// Forgets the pieces, after they have been passed on.
  void clear();

 private:
  void append(const std::uint8_t* data, std::size_t size);

  struct Chunk {
    std::unique_ptr<std::uint8_t[]> data;
    std::size_t size = 0;
  };
  std::vector<iovec> pieces_;
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  ///< the one being filled
  std::size_t used_ = 0;   ///< bytes of it
  std::deque<Bytes> kept_;
  std::size_t pending_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace qember::io
