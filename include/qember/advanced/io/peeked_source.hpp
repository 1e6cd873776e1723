// SPDX-License-Identifier: LGPL-2.1-or-later
/// A source whose first bytes can be looked at before it is read.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

namespace qember::io {

/// The same bytes as those of `source`. Of one that is not seekable, what was looked at is held, and may be
/// read as often as is wanted.
class PeekedSource final : public ByteSource {
 public:
  /// `source` outlives this. One that is not seekable has not been read.
  explicit PeekedSource(ByteSource& source) : source_(source) {}

  std::optional<std::uint64_t> size() const override { return source_.size(); }
  bool is_seekable() const override { return source_.is_seekable(); }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

  /// The first `count` bytes, fewer at the end alone; waits for them. Valid until the next call. Nothing
  /// behind what was looked at has been read.
  Result<ByteView> peek(std::size_t count);

 private:
  ByteSource& source_;
  Bytes head_;
};

}  // namespace qember::io
