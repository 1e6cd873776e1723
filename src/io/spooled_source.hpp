// SPDX-License-Identifier: LGPL-2.1-or-later
/// What can be read once, in a temporary file, so that it can be read at any place.
#pragma once

#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/io/temporary_file.hpp>

#include <memory>

namespace qember::io {

class SpooledSource final : public ByteSource {
 public:
  /// Reads all of `source` to its end: first `unread`, which has been taken from it and stands at `begin`,
  /// then what follows. Zeros take no room on the disk. `Errc::limit` where it is more than `most` bytes.
  static Result<std::unique_ptr<SpooledSource>> read(ByteSource& source, std::uint64_t begin, ByteView unread,
                                                     std::uint64_t most);

  std::optional<std::uint64_t> size() const override { return size_; }
  bool is_seekable() const override { return true; }
  /// Before `begin` there are zeros.
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  explicit SpooledSource(std::uint64_t begin) : size_(begin) {}
  Status add(ByteView bytes);

  TemporaryFile file_;
  bool is_empty_ = true;  ///< the file, which nothing has been written to
  std::uint64_t size_;
};

}  // namespace qember::io
