// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a writer has written.
#pragma once

#include <qember/advanced/io/output.hpp>

namespace qember::test {

/// All that is pending, in one piece.
inline Bytes bytes_of(const io::Output& output) {
  Bytes bytes;
  for (const iovec& piece : output.pieces()) {
    const auto* const begin = static_cast<const std::uint8_t*>(piece.iov_base);
    bytes.insert(bytes.end(), begin, begin + piece.iov_len);
  }
  return bytes;
}

}  // namespace qember::test
