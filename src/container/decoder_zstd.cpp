// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.hpp"

#include <algorithm>
#include <bit>

#include <zstd.h>
#include <zstd_errors.h>

namespace qember::container {
namespace {

/// Zstandard (RFC 8878), with skippable frames.
class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(const Limits& limits) : limits_(limits) {}

  Status begin() override {
    if (!stream_) {
      stream_.reset(::ZSTD_createDStream());
      if (!stream_) return corrupt("a decompressor", "none");
      const auto window =
          static_cast<int>(std::bit_width(std::max<std::size_t>(limits_.max_unpack_memory, smallest)) - 1);
      const int most = ::ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound;
      static_cast<void>(
          ::ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, std::min(window - 1, most)));
    }
    static_cast<void>(::ZSTD_DCtx_reset(stream_.get(), ZSTD_reset_session_only));
    head_.clear();
    return {};
  }

  Result<Step> decode(ByteView in, MutableBytes out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const ByteView head = in.first(std::min(in.size(), longest_header - head_.size()));
    head_.insert(head_.end(), head.begin(), head.end());
    const std::size_t outcome = ::ZSTD_decompressStream(stream_.get(), &to, &from);
    if (::ZSTD_getErrorCode(outcome) == ZSTD_error_frameParameter_windowTooLarge)
      return too_large(limits_, needed(head_));
    if (::ZSTD_isError(outcome) != 0) return corrupt("sound data", ::ZSTD_getErrorName(outcome));
    return Step{from.pos, to.pos, outcome == 0};
  }

  std::optional<bool> goes_on(ByteView in) const override {
    if (in.size() < 4) return std::nullopt;
    return kind_of(in) == Kind::zstd;
  }

 private:
  static constexpr std::size_t smallest = std::size_t{1} << 20U;

  static constexpr std::size_t longest_header = 18;

  /// The window that the frame's header names (3.1.1.1.2): of one segment, all of its contents.
  static std::uint64_t needed(ByteView frame) {
    constexpr std::size_t flags_at = 4;
    constexpr std::size_t descriptor_at = 5;
    if (frame.size() <= descriptor_at) return 0;
    constexpr unsigned is_one_segment = 0x20;
    if ((frame[flags_at] & is_one_segment) != 0)
      return ::ZSTD_getFrameContentSize(frame.data(), frame.size());
    const unsigned exponent = frame[descriptor_at] >> 3U;
    const unsigned mantissa = frame[descriptor_at] & 7U;
    const std::uint64_t base = std::uint64_t{1} << (10 + exponent);
    return base + base / 8 * mantissa;
  }

  struct Free {
    void operator()(ZSTD_DStream* stream) const { ::ZSTD_freeDStream(stream); }
  };
  Limits limits_;
  Bytes head_;  ///< the first bytes of the frame
  std::unique_ptr<ZSTD_DStream, Free> stream_;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder(const Limits& limits) {
  return std::make_unique<ZstdDecoder>(limits);
}

}  // namespace qember::container
