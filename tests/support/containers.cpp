// SPDX-License-Identifier: LGPL-2.1-or-later
#include "containers.hpp"

#include <algorithm>
#include <stdexcept>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

namespace qember::test {
namespace {

void require(bool holds) {
  if (!holds) throw std::runtime_error("a container could not be made");
}

template <class T>
void put_at(Bytes& to, std::size_t at, T value) {
  if (to.size() < at + sizeof(T)) to.resize(at + sizeof(T));
  store_be(&to[at], value);
}

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

Bytes deflated(ByteView plain, int window) {
  z_stream stream{};
  require(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, plain.size()));
  stream.next_in = const_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

/// Puts the state of a snapshot into clusters at the end of an image.
class StateWriter {
 public:
  StateWriter(Bytes& out, const Image& image) : out_(out), image_(image) {}

  /// Returns where the L1 table is.
  std::uint64_t write(const ImageSnapshot& snapshot, std::uint32_t& l1_size);

 private:
  std::size_t cluster() const { return std::size_t{1} << image_.cluster_bits; }
  std::size_t entry_size() const { return image_.has_extended_l2 ? 16 : 8; }
  void align() { out_.resize((out_.size() + cluster() - 1) / cluster() * cluster()); }
  void write_cluster(Bytes& table, std::size_t index, ByteView data);
  std::optional<std::uint64_t> write_compressed(ByteView data);

  Bytes& out_;
  const Image& image_;
};

/// Returns the entry; nothing where the cluster does not get smaller, so that it stays as it is.
std::optional<std::uint64_t> StateWriter::write_compressed(ByteView data) {
  Bytes whole(data.begin(), data.end());
  whole.resize(cluster());
  const Bytes packed = image_.clusters == Clusters::deflate ? deflated(whole, -12) : zstd(whole, 10);
  if (packed.size() >= cluster()) return std::nullopt;
  const std::uint64_t host = out_.size();
  append(out_, packed);
  const std::uint64_t more = (host % 512 + packed.size() - 1) / 512;
  return std::uint64_t{1} << 62U | more << (62 - (image_.cluster_bits - 8)) | host;
}

void StateWriter::write_cluster(Bytes& table, std::size_t index, ByteView data) {
  if (is_zero(data)) return;
  const std::size_t at = index * entry_size();
  if (image_.clusters != Clusters::plain)
    if (const auto entry = write_compressed(data)) return put_at(table, at, *entry);
  align();
  put_at(table, at, std::uint64_t{1} << 63U | out_.size());
  if (image_.has_extended_l2) {
    const std::size_t size = cluster() / 32;
    std::uint64_t bitmap = 0;
    for (std::size_t i = 0; i * size < data.size(); ++i) {
      const ByteView part = data.subspan(i * size, std::min(size, data.size() - i * size));
      bitmap |= is_zero(part) ? std::uint64_t{1} << (32 + i) : std::uint64_t{1} << i;
    }
    put_at(table, at + 8, bitmap);
  }
  append(out_, data);
}

std::uint64_t StateWriter::write(const ImageSnapshot& snapshot, std::uint32_t& l1_size) {
  const std::size_t entries = cluster() / entry_size();
  const std::uint64_t cover = entries * cluster();
  const std::uint64_t first = (snapshot.disk_size + cover - 1) / cover;
  const std::uint64_t tables = (snapshot.state.size() + cover - 1) / cover;
  Bytes l1(static_cast<std::size_t>(8 * (first + tables)));
  for (std::uint64_t number = 0; number < tables; ++number) {
    Bytes table(cluster());
    for (std::size_t i = 0; i < entries; ++i) {
      const std::uint64_t begin = number * cover + i * cluster();
      if (begin >= snapshot.state.size()) break;
      const auto from = static_cast<std::size_t>(begin);
      write_cluster(
          table, i,
          ByteView(snapshot.state).subspan(from, std::min(cluster(), snapshot.state.size() - from)));
    }
    if (is_zero(table)) continue;
    align();
    put_at(l1, static_cast<std::size_t>(8 * (first + number)), std::uint64_t{1} << 63U | out_.size());
    append(out_, table);
  }
  align();
  const std::uint64_t at = out_.size();
  append(out_, l1);
  align();
  l1_size = static_cast<std::uint32_t>(first + tables);
  return at;
}

}  // namespace

Bytes libvirt_save(const SaveHeader& header, ByteView data) {
  Bytes texts(header.xml.begin(), header.xml.end());
  texts.push_back(0);
  const std::size_t cookie_at = header.cookie.empty() ? 0 : texts.size();
  append(texts, as_bytes(header.cookie));
  texts.resize(texts.size() + 1 + header.padding);
  Bytes out(header.magic.begin(), header.magic.end());
  for (const std::uint32_t number :
       {header.version, header.data_length.value_or(static_cast<std::uint32_t>(texts.size())),
        header.was_running, header.format, static_cast<std::uint32_t>(cookie_at)})
    put_at(out, out.size(), header.is_big_endian ? number : __builtin_bswap32(number));
  out.resize(92);
  append(out, texts);
  append(out, data);
  return out;
}

Bytes qcow2(const Image& image) {
  Bytes out(std::size_t{1} << image.cluster_bits);
  Bytes table;
  for (const ImageSnapshot& snapshot : image.snapshots) {
    std::uint32_t l1_size = 0;
    const std::uint64_t l1 = StateWriter(out, image).write(snapshot, l1_size);
    const std::uint64_t size = snapshot.state_size.value_or(snapshot.state.size());
    const std::size_t at = table.size();
    put_at(table, at, l1);
    put_at(table, at + 8, l1_size);
    put_at(table, at + 12, static_cast<std::uint16_t>(snapshot.id.size()));
    put_at(table, at + 14, static_cast<std::uint16_t>(snapshot.name.size()));
    put_at(table, at + 16, std::uint32_t{1'700'000'000});
    put_at(table, at + 32, image.extra_size < 8 ? static_cast<std::uint32_t>(size) : 0);
    put_at(table, at + 36, image.extra_size);
    Bytes extra(image.extra_size);
    if (extra.size() >= 8) put_at(extra, 0, size);
    if (extra.size() >= 16) put_at(extra, 8, snapshot.disk_size);
    append(table, extra);
    append(table, as_bytes(snapshot.id));
    append(table, as_bytes(snapshot.name));
    table.resize((table.size() + 7) / 8 * 8);
  }
  const std::uint64_t compression = image.clusters == Clusters::zstd ? 1 : 0;
  std::copy_n("QFI\xfb", 4, out.begin());
  put_at(out, 4, image.version);
  put_at(out, 20, image.cluster_bits);
  put_at(out, 24, image.snapshots.empty() ? std::uint64_t{1} : image.snapshots[0].disk_size);
  put_at(out, 32, image.encryption);
  put_at(out, 60, static_cast<std::uint32_t>(image.snapshots.size()));
  put_at(out, 64, std::uint64_t{out.size()});
  if (image.version > 2) {
    put_at(out, 72, image.incompatible | compression << 3U | std::uint64_t{image.has_extended_l2} << 4U);
    put_at(out, 96, std::uint32_t{4});
    put_at(out, 100, std::uint32_t{112});
    put_at(out, 104, static_cast<std::uint8_t>(compression));
  }
  append(out, table);
  return out;
}

Bytes gzip(ByteView plain) { return deflated(plain, 16 + MAX_WBITS); }

Bytes bzip2(ByteView plain) {
  auto size = static_cast<unsigned>(plain.size() + plain.size() / 100 + 600);
  Bytes out(size);
  require(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size,
                                   reinterpret_cast<char*>(const_cast<std::uint8_t*>(plain.data())),
                                   static_cast<unsigned>(plain.size()), 9, 0, 0) == BZ_OK);
  out.resize(size);
  return out;
}

Bytes xz(ByteView plain, std::uint32_t preset) {
  Bytes out(lzma_stream_buffer_bound(plain.size()));
  std::size_t size = 0;
  require(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr, plain.data(), plain.size(), out.data(),
                                  &size, out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

Bytes zstd(ByteView plain, int window) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  Bytes out(ZSTD_compressBound(plain.size()) + 64);
  // As a pipe gives it, without knowing the size.
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  require(ZSTD_isError(ZSTD_compressStream2(context, &to, &in, ZSTD_e_flush)) == 0);
  require(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

}  // namespace qember::test
