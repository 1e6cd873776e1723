// SPDX-License-Identifier: LGPL-2.1-or-later
/// A file without a name, for what does not fit in memory.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/io/descriptor.hpp>

namespace qember::io {

/// Made by the first write, in the directory that the environment names as TMPDIR, or in /var/tmp. Nobody
/// else sees it, and it is gone with this.
class TemporaryFile {
 public:
  /// Writes all of `bytes` at that offset.
  Status write(std::uint64_t offset, ByteView bytes);
  /// Fills `to` from that offset on, with zeros behind the end of the file. Something has been written.
  Status read(std::uint64_t offset, MutableBytes to) const;
  /// Makes the file where it is not there, for other ways to write it; valid as long as this.
  Result<int> descriptor();

 private:
  Status create();

  Descriptor descriptor_;
};

}  // namespace qember::io
