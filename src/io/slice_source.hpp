// SPDX-License-Identifier: LGPL-2.1-or-later
/// A part of another source as a source.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

namespace qember::io {

class SliceSource final : public ByteSource {
 public:
  /// The bytes of `whole` from `base` on, at most `length` of them. `whole` outlives this. One that is not
  /// seekable has been read up to `base`.
  SliceSource(ByteSource& whole, std::uint64_t base, std::optional<std::uint64_t> length = {})
      : whole_(whole), base_(base), length_(length) {}

  std::optional<std::uint64_t> size() const override;
  bool is_seekable() const override { return whole_.is_seekable(); }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  ByteSource& whole_;
  std::uint64_t base_;
  std::optional<std::uint64_t> length_;
};

}  // namespace qember::io
