// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tlv.hpp"

namespace qember::test {
namespace {

constexpr std::size_t deepest = 200;

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// Reads the bytes of a header from `at` on; false where there is none.
bool read_header(ByteView in, std::size_t& at, Tlv& tlv, std::size_t& length) {
  const std::size_t begin = at;
  if (at == in.size()) return false;
  const bool is_long = (in[at++] & 0x1fU) == 0x1f;
  while (is_long && at < in.size() && (in[at] & 0x80U) != 0) ++at;
  at += is_long ? 1 : 0;
  if (at >= in.size()) return false;
  append(tlv.identifier, in.subspan(begin, at - begin));
  const std::uint8_t lead = in[at];
  const std::size_t bytes = lead > 0x80 ? lead & 0x7fU : 0;
  if (bytes > 8 || in.size() - at < 1 + bytes) return false;
  append(tlv.length, in.subspan(at, 1 + bytes));
  length = lead < 0x80 ? lead : 0;
  for (std::size_t i = 1; i <= bytes; ++i) length = (length << 8U) | in[at + i];
  at += 1 + bytes;
  return true;
}

std::vector<Tlv> read_list(ByteView in, std::size_t& at, bool indefinite, std::size_t depth) {
  std::vector<Tlv> list;
  while (at < in.size() && depth < deepest) {
    if (indefinite && in.size() - at >= 2 && in[at] == 0 && in[at + 1] == 0) break;
    Tlv tlv;
    std::size_t next = at;
    std::size_t length = 0;
    if (!read_header(in, next, tlv, length)) break;
    if (tlv.constructed() && tlv.length[0] == 0x80) {
      tlv.children = read_list(in, next, true, depth + 1);
      tlv.ended = in.size() - next >= 2;
      next += tlv.ended ? 2 : 0;
    } else {
      if (length > in.size() - next) break;
      if (std::size_t inside = 0; tlv.constructed()) {
        tlv.children = read_list(in.subspan(next, length), inside, false, depth + 1);
      } else {
        append(tlv.value, in.subspan(next, length));
      }
      next += length;
    }
    list.push_back(std::move(tlv));
    at = next;
  }
  return list;
}

}  // namespace

std::vector<Tlv> read_tlvs(ByteView in) {
  std::size_t at = 0;
  return read_list(in, at, false, 0);
}

Bytes length_bytes(std::size_t length) {
  if (length < 0x80) return {static_cast<std::uint8_t>(length)};
  Bytes bytes;
  for (std::size_t rest = length; rest > 0; rest >>= 8U)
    bytes.insert(bytes.begin(), static_cast<std::uint8_t>(rest));
  bytes.insert(bytes.begin(), static_cast<std::uint8_t>(0x80U | bytes.size()));
  return bytes;
}

void write_tlv(const Tlv& tlv, Bytes& to) {
  Bytes contents = tlv.value;
  for (const Tlv& child : tlv.children) write_tlv(child, contents);
  append(to, tlv.identifier);
  append(to, tlv.length.empty() ? length_bytes(contents.size()) : tlv.length);
  append(to, contents);
  if (tlv.ended) append(to, Bytes{0, 0});
}

Bytes write_tlvs(const std::vector<Tlv>& tlvs) {
  Bytes bytes;
  for (const Tlv& tlv : tlvs) write_tlv(tlv, bytes);
  return bytes;
}

}  // namespace qember::test
