// SPDX-License-Identifier: LGPL-2.1-or-later
/// The part of the XBZRLE encoder that all kernels share: from bits that say which bytes differ to a delta.
///
/// Everything here is always inlined, so that it is compiled for its caller's instruction set and for no
/// other, and so that the state stays in registers.
#pragma once

#include "kernels.hpp"

#include <cstring>

namespace qember::ram {

/// Writes a pair of any length at `used` and returns where it ends, or `delta_too_large`.
std::size_t put_any_pair(std::size_t same, const std::uint8_t* fresh, std::size_t length, std::uint8_t* out,
                         std::size_t used, std::size_t room) noexcept;

class DeltaWriter {
 public:
  DeltaWriter(const std::uint8_t* page, std::size_t size, std::uint8_t* out, std::size_t room) noexcept
      : page_(page), size_(size), out_(out), room_(room) {}

  /// The next 256 bytes of the page: bit i of `masks[k]` says that byte 64 k + i differs. False: the delta
  /// is too large.
  [[gnu::always_inline]] bool add(const std::uint64_t (&masks)[4]) noexcept {
    // Most pages change in few places: one branch for 256 bytes that go on as the byte before them did.
    const std::uint64_t before = 0 - differs_;
    if (((masks[0] ^ before) | (masks[1] ^ before) | (masks[2] ^ before) | (masks[3] ^ before)) == 0) {
      at_ += 256;
      return true;
    }
    return add_word(masks[0]) && add_word(masks[1]) && add_word(masks[2]) && add_word(masks[3]);
  }

  /// The size of the delta, or `delta_too_large`.
  [[gnu::always_inline]] std::size_t finish() noexcept {
    if (differs_ != 0 && !put(size_)) return delta_too_large;
    // QEMU wants room for two lengths more wherever the page goes on, though nothing may follow.
    if (used_ != 0 && done_ != size_ && room_ - used_ < 2) return delta_too_large;
    return used_;
  }

 private:
  [[gnu::always_inline]] bool add_word(std::uint64_t mask) noexcept {
    // A bit for each byte that differs where the one before it did not, or the other way around.
    std::uint64_t flips = mask ^ (mask << 1U | differs_);
    if (differs_ != 0 && flips != 0 && !put(take(flips))) return false;
    while (flips != 0) {
      begin_ = take(flips);
      if (flips == 0) break;
      if (!put(take(flips))) return false;
    }
    differs_ = mask >> 63U;
    at_ += 64;
    return true;
  }

  /// The page position of the lowest bit, which is cleared.
  [[gnu::always_inline]] std::size_t take(std::uint64_t& flips) const noexcept {
    const auto bit = static_cast<std::size_t>(__builtin_ctzll(flips));
    flips &= flips - 1;
    return at_ + bit;
  }

  /// The pair that ends with the changed bytes from `begin_` to `end`.
  [[gnu::always_inline]] bool put(std::size_t end) noexcept {
    const std::size_t same = begin_ - done_;
    const std::size_t length = end - begin_;
    const std::uint8_t* const fresh = page_ + begin_;
    done_ = end;
    // Short runs are copied as 64 bytes where page and output have them; the next pair overwrites the rest.
    if (same < 0x80 && length <= 64 && begin_ + 64 <= size_ && used_ + 66 <= room_) {
      std::uint8_t* const to = out_ + used_;
      to[0] = static_cast<std::uint8_t>(same);
      to[1] = static_cast<std::uint8_t>(length);
      std::memcpy(to + 2, fresh, 64);
      used_ += 2 + length;
      return true;
    }
    used_ = put_any_pair(same, fresh, length, out_, used_, room_);
    return used_ != delta_too_large;
  }

  const std::uint8_t* page_;
  std::size_t size_;
  std::uint8_t* out_;
  std::size_t room_;
  std::size_t used_ = 0;       ///< of the output
  std::size_t at_ = 0;         ///< position of the next mask
  std::size_t begin_ = 0;      ///< of the run of changed bytes
  std::size_t done_ = 0;       ///< end of the last one written
  std::uint64_t differs_ = 0;  ///< 1 where the byte before `at_` differs
};

}  // namespace qember::ram
