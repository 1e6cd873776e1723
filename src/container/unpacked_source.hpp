// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is decompressed from another source.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

#include "decoder.hpp"

namespace qember::container {

/// Read in order. Members, blocks or frames that follow one another are one; behind them there may be zeros.
class UnpackedSource final : public io::ByteSource {
 public:
  /// `packed` outlives this, and has not been read. `base`: where it begins in the file, for errors.
  UnpackedSource(io::ByteSource& packed, Kind kind, const Limits& limits, std::uint64_t base,
                 bool allow_trailing);

  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  bool is_seekable() const override { return false; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

 private:
  enum class State : std::uint8_t { member, between, trailing, end };

  Status step(MutableBytes to, std::size_t& given);
  Status decode(MutableBytes to, std::size_t& given);
  Status find_next();
  Status pass_trailing();
  Status refill();
  Error place(Error error) const;
  ByteView unread() const { return ByteView(buffer_).subspan(begin_, end_ - begin_); }

  io::ByteSource& packed_;
  Kind kind_;
  std::unique_ptr<Decoder> decoder_;
  std::uint64_t base_;
  bool allow_trailing_;
  State state_ = State::between;
  bool is_first_ = true;  ///< member
  Bytes buffer_;
  std::size_t begin_ = 0;  ///< of what is unread
  std::size_t end_ = 0;
  std::uint64_t read_ = 0;      ///< bytes of `packed_`
  bool is_packed_end_ = false;  ///< there are no more
  std::uint64_t next_ = 0;      ///< the offset that comes next
  std::optional<Error> error_;  ///< behind what has been given
};

}  // namespace qember::container
