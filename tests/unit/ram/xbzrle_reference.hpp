// SPDX-License-Identifier: LGPL-2.1-or-later
/// XBZRLE a byte at a time, as plain as can be, and pages to try it on.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <random>

namespace qember::test {

inline void append_length(Bytes& to, std::size_t length) {
  to.push_back(static_cast<std::uint8_t>(length < 0x80 ? length : length | 0x80));
  if (length >= 0x80) to.push_back(static_cast<std::uint8_t>(length >> 7));
}

/// The delta; nothing where a run is too long for a length, or where QEMU's encoder gives up with so
/// much room.
inline std::optional<Bytes> reference_encode(ByteView old_page, ByteView new_page, std::size_t room) {
  Bytes delta;
  const std::size_t size = new_page.size();
  std::size_t at = 0;
  while (at < size) {
    std::size_t begin = at;
    while (begin < size && old_page[begin] == new_page[begin]) ++begin;
    if (begin == size) break;
    std::size_t end = begin;
    while (end < size && old_page[end] != new_page[end]) ++end;
    if (begin - at > 0x3fff || end - begin > 0x3fff) return std::nullopt;
    append_length(delta, begin - at);
    append_length(delta, end - begin);
    delta.insert(delta.end(), new_page.begin() + static_cast<std::ptrdiff_t>(begin),
                 new_page.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  }
  if (delta.size() + (at < size ? 2 : 0) > room && !delta.empty()) return std::nullopt;
  return delta;
}

/// The page after the delta, or nothing for a malformed one.
inline std::optional<Bytes> reference_apply(ByteView delta, Bytes page) {
  std::size_t i = 0;
  std::size_t at = 0;
  const auto length = [&]() -> std::optional<std::size_t> {
    if (i == delta.size()) return std::nullopt;
    std::size_t value = delta[i++];
    if (value < 0x80) return value;
    if (i == delta.size() || delta[i] >= 0x80) return std::nullopt;
    value = value % 0x80 + 0x80U * delta[i++];
    return value;
  };
  if (delta.size() > page.size()) return std::nullopt;
  while (i < delta.size()) {
    const bool first = i == 0;
    const auto same = length();
    if (!same || (*same == 0 && !first)) return std::nullopt;
    at += *same;
    const auto fresh = length();
    if (!fresh || *fresh == 0) return std::nullopt;
    for (std::size_t k = 0; k < *fresh; ++k) {
      if (at >= page.size() || i == delta.size()) return std::nullopt;
      page[at++] = delta[i++];
    }
  }
  return page;
}

using Random = std::mt19937;

inline std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

inline Bytes random_page(Random& random, std::size_t size) {
  Bytes page(size);
  for (std::uint8_t& byte : page) byte = static_cast<std::uint8_t>(random());
  return page;
}

/// The same page after some writes: few or many, short or long, and now and then of what was there.
inline Bytes changed_page(Random& random, const Bytes& old_page) {
  Bytes page = old_page;
  const std::size_t size = page.size();
  const std::size_t writes = below(random, 2) == 0 ? below(random, 8) : below(random, size / 4);
  const std::size_t longest = below(random, 4) == 0 ? size : 1 + below(random, 80);
  for (std::size_t n = 0; n < writes; ++n) {
    const std::size_t begin = below(random, size);
    const std::size_t end = std::min(size, begin + 1 + below(random, longest));
    const bool restore = below(random, 4) == 0;
    for (std::size_t i = begin; i < end; ++i)
      page[i] = restore ? old_page[i] : static_cast<std::uint8_t>(old_page[i] + 1 + below(random, 255));
    if (longest == size && n > 8) break;
  }
  return page;
}

}  // namespace qember::test
