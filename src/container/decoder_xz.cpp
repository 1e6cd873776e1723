// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.hpp"

#include "fault.hpp"

#include <lzma.h>

namespace qember::container {
namespace {

/// Why liblzma gave up.
std::string_view reason_of(lzma_ret outcome) {
  switch (outcome) {
    case LZMA_FORMAT_ERROR: return "no header";
    case LZMA_DATA_ERROR: return "data that is not";
    case LZMA_MEM_ERROR: return "no memory";
    default: return "an error of liblzma's";
  }
}

class XzDecoder final : public Decoder {
 public:
  explicit XzDecoder(const Limits& limits) : limits_(limits) {}
  ~XzDecoder() override { ::lzma_end(&stream_); }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  /// A stream with several blocks; what was set aside for the one before is used again.
  Status begin() override {
    if (::lzma_stream_decoder(&stream_, limits_.max_unpack_memory, LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK)
      return {};
    return corrupt("a decompressor", "none");
  }

  Result<Step> decode(ByteView in, MutableBytes out) override {
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const lzma_ret outcome = ::lzma_code(&stream_, LZMA_RUN);
    if (outcome == LZMA_MEMLIMIT_ERROR) return too_large(limits_, ::lzma_memusage(&stream_));
    if (outcome == LZMA_OPTIONS_ERROR || outcome == LZMA_UNSUPPORTED_CHECK)
      return fault(Errc::unsupported, 0, {}, "filters and a check that liblzma knows", "others");
    if (outcome != LZMA_OK && outcome != LZMA_STREAM_END && outcome != LZMA_BUF_ERROR)
      return corrupt("sound data", std::string(reason_of(outcome)));
    return Step{static_cast<std::size_t>(stream_.next_in - in.data()),
                static_cast<std::size_t>(stream_.next_out - out.data()), outcome == LZMA_STREAM_END};
  }

  std::optional<bool> goes_on(ByteView in) const override { return begins_with(in, {"\xfd\x37zXZ\0", 6}); }

 private:
  Limits limits_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder(const Limits& limits) { return std::make_unique<XzDecoder>(limits); }

}  // namespace qember::container
