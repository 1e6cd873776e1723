// SPDX-License-Identifier: LGPL-2.1-or-later
/// What each instruction set does its own way.
///
/// The files that implement kernels include this header and intrinsics, nothing else, and name their
/// instruction set at each function: a flag for a whole file would also compile the inline functions of
/// shared headers for it, and the linker may keep that copy for every processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qember::ram {

struct Kernel {
  std::string_view name;
  bool (*supported)() noexcept;

  /// Appends to `to` the positions where two pages turn from equal to different bytes or back, as
  /// `base` + index, and returns the end. `differs`: the bytes before these did. `size` is a multiple
  /// of 64; there is room for `size` + `edge_slack` positions.
  std::uint32_t* (*edges)(const std::uint8_t* one, const std::uint8_t* other, std::size_t size,
                          std::uint32_t base, bool differs, std::uint32_t* to) noexcept;
  /// Both for sizes of 64 and more.
  bool (*is_zero)(const std::uint8_t* bytes, std::size_t size) noexcept;
  bool (*equal)(const std::uint8_t* one, const std::uint8_t* other, std::size_t size) noexcept;
};

constexpr std::size_t edge_slack = 8;

extern const Kernel scalar_kernel;
#if defined(__x86_64__)
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#elif defined(__aarch64__)
extern const Kernel neon_kernel;
#endif

/// Where 64 bytes turn from equal to different or back. Bit i of `mask`: byte i differs.
class EdgeList {
 public:
  EdgeList(std::uint32_t base, bool differs, std::uint32_t* to) noexcept
      : base_(base), before_(differs), to_(to) {}

  /// Always inlined, so that it is compiled for its caller's instruction set and for no other.
  [[gnu::always_inline]] inline void append(std::uint64_t m0, std::uint64_t m1, std::uint64_t m2,
                                            std::uint64_t m3) noexcept {
    const std::uint64_t as_before = 0 - before_;
    if (((m0 ^ as_before) | (m1 ^ as_before) | (m2 ^ as_before) | (m3 ^ as_before)) != 0) {
      append_flips(base_, m0 ^ (m0 << 1U | before_));
      append_flips(base_ + 64, m1 ^ (m1 << 1U | m0 >> 63U));
      append_flips(base_ + 128, m2 ^ (m2 << 1U | m1 >> 63U));
      append_flips(base_ + 192, m3 ^ (m3 << 1U | m2 >> 63U));
      before_ = m3 >> 63U;
    }
    base_ += 256;
  }
  [[gnu::always_inline]] inline void append_flips(std::uint32_t base, std::uint64_t flips) noexcept {
    std::uint32_t* const end = to_ + __builtin_popcountll(flips);
    while (flips != 0) {
#define ONE(i) to_[i] = base + static_cast<std::uint32_t>(__builtin_ctzll(flips)), flips &= flips - 1
      ONE(0); ONE(1); ONE(2); ONE(3);
#if UN == 8
      ONE(4); ONE(5); ONE(6); ONE(7);
#endif
      to_ += UN;
    }
    to_ = end;
  }
  std::uint32_t* end() const noexcept { return to_; }

 private:
  std::uint32_t base_;
  std::uint64_t before_;
  std::uint32_t* to_;
};

}  // namespace qember::ram
