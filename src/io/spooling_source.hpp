// SPDX-License-Identifier: LGPL-2.1-or-later
/// A pipe as a source that is seekable.
#pragma once

#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/io/temporary_file.hpp>

#include <mutex>

namespace qember::io {

/// Keeps the bytes of a source that is not seekable in a file without a name, as far as they have been asked
/// for: reading at an offset waits for what comes before.
class SpoolingSource final : public ByteSource {
 public:
  /// `source` outlives this, and nobody else reads from it. `most`: bytes that are kept, `Errc::limit`
  /// beyond.
  SpoolingSource(ByteSource& source, std::uint64_t most) : source_(source), most_(most) {}

  /// Known when the end has been seen.
  std::optional<std::uint64_t> size() const override;
  bool is_seekable() const override { return true; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  Status receive();

  mutable std::mutex mutex_;
  ByteSource& source_;
  std::uint64_t most_;
  TemporaryFile file_;
  Bytes buffer_;
  std::uint64_t received_ = 0;
  bool ended_ = false;
  std::optional<Error> failed_;  ///< why no more can be received
};

}  // namespace qember::io
