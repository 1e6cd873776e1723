// SPDX-License-Identifier: LGPL-2.1-or-later
#include "encoder.hpp"

#include <fmt/format.h>

#include <limits>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

namespace qember::container {
namespace {

constexpr std::size_t piece = std::size_t{64} << 10U;

Error failed(std::string_view compressor, std::string_view why) {
  return {Errc::internal, 0, std::string(compressor), "a compressor that goes on", std::string(why)};
}

/// What a step of a compressor came to.
enum class Step : std::uint8_t { more, done, failed };

/// Calls `step(room)` until it is done; it returns how it went, and sets how many bytes of the room are left.
template <class Call>
bool fill_pieces(io::Output& out, Call step) {
  for (;;) {
    std::uint8_t* const room = out.reserve(piece);
    std::size_t left = piece;
    const Step outcome = step(room, left);
    out.commit(room + (piece - left));
    if (outcome != Step::more) return outcome == Step::done;
  }
}

class RawEncoder final : public Encoder {
 public:
  Status encode(ByteView in, bool, io::Output& out) override {
    out.borrow(in);
    return {};
  }
};

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() {
    constexpr int gzip_window = 16 + MAX_WBITS;
    constexpr int memory_level = 8;
    is_ready_ = ::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                               Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() override { ::deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  Status encode(ByteView in, bool is_last, io::Output& out) override {
    if (!is_ready_) return failed("gzip", "none");
    stream_.next_in = const_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    const bool is_fine = fill_pieces(out, [&](std::uint8_t* room, std::size_t& left) {
      stream_.next_out = room;
      stream_.avail_out = static_cast<uInt>(left);
      const int outcome = ::deflate(&stream_, is_last ? Z_FINISH : Z_NO_FLUSH);
      left = stream_.avail_out;
      if (outcome == Z_STREAM_END) return Step::done;
      if (outcome != Z_OK && outcome != Z_BUF_ERROR) return Step::failed;
      return left > 0 && !is_last ? Step::done : Step::more;
    });
    return is_fine ? Status() : failed("gzip", "an error");
  }

 private:
  z_stream stream_{};
  bool is_ready_;
};

class Bzip2Encoder final : public Encoder {
 public:
  Bzip2Encoder() {
    constexpr int block_size = 9;
    is_ready_ = ::BZ2_bzCompressInit(&stream_, block_size, 0, 0) == BZ_OK;
  }
  ~Bzip2Encoder() override { ::BZ2_bzCompressEnd(&stream_); }
  Bzip2Encoder(const Bzip2Encoder&) = delete;
  Bzip2Encoder& operator=(const Bzip2Encoder&) = delete;

  Status encode(ByteView in, bool is_last, io::Output& out) override {
    if (!is_ready_) return failed("bzip2", "none");
    if (in.empty() && !is_last) return {};
    stream_.next_in = const_cast<char*>(as_text(in).data());
    stream_.avail_in = static_cast<unsigned>(in.size());
    const bool is_fine = fill_pieces(out, [&](std::uint8_t* room, std::size_t& left) {
      stream_.next_out = reinterpret_cast<char*>(room);
      stream_.avail_out = static_cast<unsigned>(left);
      const int outcome = ::BZ2_bzCompress(&stream_, is_last ? BZ_FINISH : BZ_RUN);
      left = stream_.avail_out;
      if (outcome == BZ_STREAM_END) return Step::done;
      if (outcome < 0) return Step::failed;
      return outcome == BZ_RUN_OK && stream_.avail_in == 0 ? Step::done : Step::more;
    });
    return is_fine ? Status() : failed("bzip2", "an error");
  }

 private:
  bz_stream stream_{};
  bool is_ready_;
};

class XzEncoder final : public Encoder {
 public:
  XzEncoder() {
    constexpr std::uint32_t preset = 3;  // libvirt's
    is_ready_ = ::lzma_easy_encoder(&stream_, preset, LZMA_CHECK_CRC64) == LZMA_OK;
  }
  ~XzEncoder() override { ::lzma_end(&stream_); }
  XzEncoder(const XzEncoder&) = delete;
  XzEncoder& operator=(const XzEncoder&) = delete;

  Status encode(ByteView in, bool is_last, io::Output& out) override {
    if (!is_ready_) return failed("xz", "none");
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    const bool is_fine = fill_pieces(out, [&](std::uint8_t* room, std::size_t& left) {
      stream_.next_out = room;
      stream_.avail_out = left;
      const lzma_ret outcome = ::lzma_code(&stream_, is_last ? LZMA_FINISH : LZMA_RUN);
      left = stream_.avail_out;
      if (outcome == LZMA_STREAM_END) return Step::done;
      if (outcome != LZMA_OK && outcome != LZMA_BUF_ERROR) return Step::failed;
      return left > 0 && !is_last ? Step::done : Step::more;
    });
    return is_fine ? Status() : failed("xz", "an error");
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool is_ready_;
};

class ZstdEncoder final : public Encoder {
 public:
  Status encode(ByteView in, bool is_last, io::Output& out) override {
    if (!context_) return failed("zstd", "none");
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    const bool is_fine = fill_pieces(out, [&](std::uint8_t* room, std::size_t& left) {
      ZSTD_outBuffer to{room, left, 0};
      const std::size_t outcome =
          ::ZSTD_compressStream2(context_.get(), &to, &from, is_last ? ZSTD_e_end : ZSTD_e_continue);
      left -= to.pos;
      if (::ZSTD_isError(outcome) != 0) return Step::failed;
      return (is_last ? outcome == 0 : from.pos == from.size) ? Step::done : Step::more;
    });
    return is_fine ? Status() : failed("zstd", "an error");
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_{::ZSTD_createCCtx()};
};

}  // namespace

Result<std::unique_ptr<Encoder>> make_encoder(SaveFormat format) {
  switch (format) {
    case SaveFormat::raw:
    case SaveFormat::sparse: return std::unique_ptr<Encoder>(std::make_unique<RawEncoder>());
    case SaveFormat::gzip: return std::unique_ptr<Encoder>(std::make_unique<GzipEncoder>());
    case SaveFormat::bzip2: return std::unique_ptr<Encoder>(std::make_unique<Bzip2Encoder>());
    case SaveFormat::xz: return std::unique_ptr<Encoder>(std::make_unique<XzEncoder>());
    case SaveFormat::zstd: return std::unique_ptr<Encoder>(std::make_unique<ZstdEncoder>());
    case SaveFormat::lzop: break;
  }
  return Error{Errc::unsupported, 0, "format", "raw, gzip, bzip2, xz, zstd or sparse", "lzop"};
}

}  // namespace qember::container
