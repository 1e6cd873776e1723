// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <bzlib.h>

namespace qember::container {
namespace {

/// Takes 4 MiB, whatever the file claims.
class Bzip2Decoder final : public Decoder {
 public:
  Bzip2Decoder() = default;
  ~Bzip2Decoder() override { end(); }
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

  Status begin() override {
    end();
    stream_ = {};
    is_open_ = ::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    if (is_open_) return {};
    return corrupt("a decompressor", "none");
  }

  Result<Step> decode(ByteView in, MutableBytes out) override {
    constexpr std::size_t most = std::numeric_limits<unsigned>::max();
    auto* const from = reinterpret_cast<char*>(const_cast<std::uint8_t*>(in.data()));
    auto* const to = reinterpret_cast<char*>(out.data());
    stream_.next_in = from;
    stream_.avail_in = static_cast<unsigned>(std::min(in.size(), most));
    stream_.next_out = to;
    stream_.avail_out = static_cast<unsigned>(std::min(out.size(), most));
    const int outcome = ::BZ2_bzDecompress(&stream_);
    if (outcome != BZ_OK && outcome != BZ_STREAM_END)
      return corrupt("sound data", outcome == BZ_DATA_ERROR_MAGIC ? "no header" : "data that is not");
    return Step{static_cast<std::size_t>(stream_.next_in - from),
                static_cast<std::size_t>(stream_.next_out - to), outcome == BZ_STREAM_END};
  }

  std::optional<bool> goes_on(ByteView in) const override { return begins_with(in, "BZh"); }

 private:
  void end() {
    if (std::exchange(is_open_, false)) ::BZ2_bzDecompressEnd(&stream_);
  }

  bz_stream stream_{};
  bool is_open_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() { return std::make_unique<Bzip2Decoder>(); }

}  // namespace qember::container
