// SPDX-License-Identifier: LGPL-2.1-or-later
/// Finding one's way in BER that has been validated (`ber::validate`).
#pragma once

#include <qember/advanced/ber/header.hpp>

namespace qember::ber {

/// Whether an indefinite length ends there (X.690 8.1.5).
constexpr bool is_end_of_contents(ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == 0 && bytes[1] == 0;
}

/// The header at the front.
inline Header header_at(ByteView bytes) {
  Header header;
  parse_header(bytes, header);
  return header;
}

/// Bytes of the TLV at the front.
inline std::size_t tlv_size(ByteView bytes) {
  const Header header = header_at(bytes);
  if (!header.indefinite) return header.size + static_cast<std::size_t>(header.length);
  std::size_t at = header.size;
  while (!is_end_of_contents(bytes.subspan(at))) at += tlv_size(bytes.subspan(at));
  return at + 2;
}

/// Where the component with that number begins in the constructed TLV at the front.
inline std::size_t component_at(ByteView bytes, std::size_t index) {
  std::size_t at = header_at(bytes).size;
  while (index-- > 0) at += tlv_size(bytes.subspan(at));
  return at;
}

/// The contents of a TLV, without the end-of-contents of an indefinite length.
inline ByteView contents_of(ByteView tlv) {
  const Header header = header_at(tlv);
  return tlv.subspan(header.size, tlv.size() - header.size - (header.indefinite ? 2 : 0));
}

/// Takes the TLV at the front of `bytes` off them.
inline ByteView take_tlv(ByteView& bytes) {
  const ByteView tlv = bytes.first(tlv_size(bytes));
  bytes = bytes.subspan(tlv.size());
  return tlv;
}

}  // namespace qember::ber
