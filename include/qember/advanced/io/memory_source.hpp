// SPDX-License-Identifier: LGPL-2.1-or-later
/// Bytes in memory as a source.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

namespace qember::io {

/// Bytes in memory, seekable.
class MemorySource final : public ByteSource {
 public:
  /// `bytes` outlive this.
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}

  std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  bool is_seekable() const override { return true; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  ByteView bytes_;
};

}  // namespace qember::io
