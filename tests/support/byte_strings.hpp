// SPDX-License-Identifier: LGPL-2.1-or-later
/// Bytes joined and repeated as texts are.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::test {

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes operator*(const Bytes& unit, std::size_t count) {
  Bytes bytes;
  bytes.reserve(unit.size() * count);
  for (std::size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), unit.begin(), unit.end());
  return bytes;
}

}  // namespace qember::test
