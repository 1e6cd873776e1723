// SPDX-License-Identifier: LGPL-2.1-or-later
/// The bytes of a native stream that was put together of others.
#pragma once

#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::vm {

/// What `qevm::Writer` makes of the events of a stream, read in order.
class PlainSource final : public io::ByteSource {
 public:
  explicit PlainSource(std::unique_ptr<OpenedStream> stream) : stream_(std::move(stream)), writer_(output_) {}

  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  bool is_seekable() const override { return false; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  Status write_more();
  std::size_t take(MutableBytes to);

  std::unique_ptr<OpenedStream> stream_;
  io::Output output_;
  qevm::Writer writer_;
  std::size_t piece_ = 0;  ///< of the output, which is read next
  std::size_t at_ = 0;     ///< in that piece
  bool ended_ = false;
  std::uint64_t next_ = 0;      ///< the offset that comes next
  std::optional<Error> error_;  ///< behind what has been given
};

}  // namespace qember::vm
