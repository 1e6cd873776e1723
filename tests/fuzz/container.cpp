// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers: any bytes are opened in bounded time and memory, or refused; and what is put into a container
// comes out of it again.
#include "fuzz.hpp"

#include "support/containers.hpp"

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/io/memory_source.hpp>

#include <algorithm>

namespace qember::fuzz {
namespace {

/// A few bytes may stand for very many.
constexpr std::size_t enough = std::size_t{4} << 20U;

struct Found {
  Bytes bytes;
  std::optional<Error> error;
};

Found open(ByteView file) {
  io::MemorySource source(file);
  container::Contents contents;
  container::Options options{.limits = Limits::untrusted()};
  options.limits.max_spooled = enough;
  const auto opened = container::Opened::open(source, options, contents);
  if (!opened) return {{}, opened.error()};
  Found found;
  Bytes piece(std::size_t{64} << 10U);
  while (found.bytes.size() < enough) {
    const auto count = (*opened)->bytes().read_some(found.bytes.size(), piece);
    if (!count) return {std::move(found.bytes), count.error()};
    require(*count <= piece.size(), "no more is read than there is room for");
    if (*count == 0) break;
    found.bytes.insert(found.bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  return found;
}

/// The container that a number stands for.
Bytes hold(const Bytes& stream, std::uint8_t choice) {
  using test::Clusters;
  switch (choice % 10) {
    case 0: return test::gzip(stream);
    case 1: return test::bzip2(stream);
    case 2: return test::xz(stream);
    case 3: return test::zstd(stream);
    case 4: return test::libvirt_save({.is_big_endian = choice > 127}, stream);
    case 5: return test::libvirt_save({.format = 5}, test::zstd(stream));
    case 6: return test::qcow2({.snapshots = {{.state = stream}}});
    case 7: return test::qcow2({.clusters = Clusters::deflate, .snapshots = {{.state = stream}}});
    case 8: return test::qcow2({.clusters = Clusters::zstd, .snapshots = {{.state = stream}}});
    default:
      return test::qcow2({.cluster_bits = 14, .has_extended_l2 = true, .snapshots = {{.state = stream}}});
  }
}

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  const Found found = open(in);
  if (found.error) {
    const Errc code = found.error->code;
    require(code != Errc::internal && code != Errc::need_more && code != Errc::io,
            "a finding is about the input");
    require(!found.error->expected.empty(), "a finding says what was expected");
  }
  if (in.empty()) return;
  Bytes stream{'Q', 'E', 'V', 'M'};
  stream.insert(stream.end(), in.begin() + 1, in.end());
  if (stream.size() >= enough) return;
  const Bytes held = hold(stream, in[0]);
  const Found back = open(held);
  require(!back.error, "what is held is opened");
  require(back.bytes == stream, "what is held comes out");
  // One bit that is wrong in it is found, or makes no more than another stream.
  Bytes damaged = held;
  damaged[in[in.size() / 2] * std::size_t{257} % damaged.size()] ^=
      static_cast<std::uint8_t>(1U << (in[0] & 7U));
  static_cast<void>(open(damaged));
}

}  // namespace qember::fuzz
