// SPDX-License-Identifier: LGPL-2.1-or-later
/// A file, pipe, FIFO, socket or device as a source.
#pragma once

#include <qember/advanced/io/byte_source.hpp>
#include <qember/advanced/io/descriptor.hpp>

#include <memory>

namespace qember::io {

/// Begins where the descriptor's offset is. A regular file or block device is seekable, and is read without
/// moving that offset; anything else is read in order.
class DescriptorSource final : public ByteSource {
 public:
  /// `name`: of the file, for errors.
  DescriptorSource(Descriptor descriptor, std::string name);

  /// The size as it was when the source was made.
  std::optional<std::uint64_t> size() const override { return size_; }
  bool is_seekable() const override { return begin_.has_value(); }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  Descriptor descriptor_;
  std::string name_;
  std::optional<std::uint64_t> begin_;  ///< of the source in what is seekable
  std::optional<std::uint64_t> size_;
  std::uint64_t next_ = 0;  ///< the offset that comes next, where bytes are read in order
};

/// Opens a file to be read from its begin to its end; `-` is standard input, from where it stands.
/// `Errc::usage` where standard output is that very file.
Result<std::unique_ptr<ByteSource>> open_source(const std::string& path);

}  // namespace qember::io
