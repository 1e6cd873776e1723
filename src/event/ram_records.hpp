// SPDX-License-Identifier: LGPL-2.1-or-later
/// The records in the body of the section `ram`: be64, page address and flags in one.
#pragma once

#include <cstdint>

namespace qember::event::ram_flag {

inline constexpr std::uint64_t zero = 0x002;
inline constexpr std::uint64_t mem_size = 0x004;
inline constexpr std::uint64_t page = 0x008;
inline constexpr std::uint64_t eos = 0x010;
inline constexpr std::uint64_t same_block = 0x020;  // QEMU's CONTINUE
inline constexpr std::uint64_t xbzrle = 0x040;
inline constexpr std::uint64_t hook = 0x080;
inline constexpr std::uint64_t compress_page = 0x100;
inline constexpr std::uint64_t multifd_flush = 0x200;
/// No bit above is one; what is set there and is not of a page's address leaves it unaligned.
inline constexpr std::uint64_t all = 0x3ff;

/// Whether that is all of a record, one without a page. Small pages leave no room for the flush.
constexpr bool is_control(std::uint64_t word, std::uint64_t page_size) {
  return word == hook || (word == multifd_flush && page_size > multifd_flush);
}

/// The byte before an XBZRLE delta.
inline constexpr std::uint8_t xbzrle_encoding = 0x01;

/// Bytes of a delta, which a be16 counts.
constexpr std::uint64_t max_delta(std::uint64_t page_size) { return page_size < 0xffff ? page_size : 0xffff; }

/// What zlib needs at most for a page, by its own formula.
constexpr std::uint64_t max_compressed(std::uint64_t page_size) {
  return page_size + page_size / 4096 + page_size / 16384 + 13;
}

}  // namespace qember::event::ram_flag
