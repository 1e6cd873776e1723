// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cluster_codec.hpp"

#include <memory>

#include <zlib.h>
#include <zstd.h>

namespace qember::container {

std::optional<std::size_t> inflate_cluster(ByteView data, MutableBytes cluster) {
  constexpr int raw_window = -12;
  z_stream stream{};
  if (::inflateInit2(&stream, raw_window) != Z_OK) return std::nullopt;
  stream.next_in = const_cast<Bytef*>(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = cluster.data();
  stream.avail_out = static_cast<uInt>(cluster.size());
  const int outcome = ::inflate(&stream, Z_FINISH);
  const bool is_full = stream.avail_out == 0;
  const std::size_t taken = data.size() - stream.avail_in;
  ::inflateEnd(&stream);
  // Where the cluster is full, the end of the data may not have been looked at.
  const bool is_good = outcome == Z_STREAM_END || outcome == Z_BUF_ERROR || outcome == Z_OK;
  return is_full && is_good ? std::optional(taken) : std::nullopt;
}

std::optional<std::size_t> unpack_zstd_cluster(ByteView data, MutableBytes cluster) {
  const std::unique_ptr<ZSTD_DStream, decltype(&::ZSTD_freeDStream)> stream(::ZSTD_createDStream(),
                                                                            &::ZSTD_freeDStream);
  // A frame needs no window beyond what it decompresses to, and a cluster is 2 MiB at most.
  constexpr int window_bits = 21;
  if (!stream ||
      ::ZSTD_isError(::ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, window_bits)) != 0)
    return std::nullopt;
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  ZSTD_outBuffer out{cluster.data(), cluster.size(), 0};
  while (out.pos < out.size) {
    const std::size_t before = in.pos + out.pos;
    if (::ZSTD_isError(::ZSTD_decompressStream(stream.get(), &out, &in)) != 0) return std::nullopt;
    if (in.pos + out.pos == before) return std::nullopt;
  }
  return in.pos;
}

}  // namespace qember::container
