// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.hpp"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace qember::container {
namespace {

/// gzip's format (RFC 1952), or zlib's (RFC 1950).
class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(int window) : window_(window) {}
  ~GzipDecoder() override { ::inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  Status begin() override {
    const int outcome =
        stream_.state == nullptr ? ::inflateInit2(&stream_, window_) : ::inflateReset(&stream_);
    if (outcome == Z_OK) return {};
    return corrupt("a decompressor", ::zError(outcome));
  }

  Result<Step> decode(ByteView in, MutableBytes out) override {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream_.next_in = const_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(std::min(in.size(), most));
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(std::min(out.size(), most));
    const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
      return corrupt("sound data", stream_.msg != nullptr ? stream_.msg : ::zError(outcome));
    return Step{static_cast<std::size_t>(stream_.next_in - in.data()),
                static_cast<std::size_t>(stream_.next_out - out.data()), outcome == Z_STREAM_END};
  }

  std::optional<bool> goes_on(ByteView in) const override { return begins_with(in, "\x1f\x8b"); }

 private:
  int window_;
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
  constexpr int gzip_window = 16 + MAX_WBITS;
  return std::make_unique<GzipDecoder>(gzip_window);
}

std::unique_ptr<Decoder> make_zlib_decoder() { return std::make_unique<GzipDecoder>(MAX_WBITS); }

}  // namespace qember::container
