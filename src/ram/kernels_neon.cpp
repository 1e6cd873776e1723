// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delta_writer.hpp"

#if defined(__aarch64__)

#include <arm_neon.h>

namespace qember::ram {
namespace {

/// Every aarch64 processor has NEON.
bool supported() noexcept { return true; }

/// Each byte as 00 or ff, with only the bit kept that is its place among eight.
uint8x16_t marked(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  const uint8x16_t places = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
  return vbicq_u8(places, vceqq_u8(vld1q_u8(one), vld1q_u8(other)));
}

std::uint64_t differences(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  // Three rounds of adding neighbours gather eight marks in a byte.
  const uint8x16_t low = vpaddq_u8(marked(one, other), marked(one + 16, other + 16));
  const uint8x16_t high = vpaddq_u8(marked(one + 32, other + 32), marked(one + 48, other + 48));
  const uint8x16_t half = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(half, half)), 0);
}

std::size_t encode(const std::uint8_t* old_page, const std::uint8_t* new_page, std::size_t size,
                   std::uint8_t* out, std::size_t room) noexcept {
  DeltaWriter delta(new_page, size, out, room);
  for (std::size_t i = 0; i < size; i += 256) {
    const std::uint8_t* const a = old_page + i;
    const std::uint8_t* const b = new_page + i;
    if (!delta.add({differences(a, b), differences(a + 64, b + 64), differences(a + 128, b + 128),
                    differences(a + 192, b + 192)}))
      return delta_too_large;
  }
  return delta.finish();
}

bool is_zero_block(const std::uint8_t* p) noexcept {
  const uint8x16_t low = vorrq_u8(vld1q_u8(p), vld1q_u8(p + 16));
  const uint8x16_t high = vorrq_u8(vld1q_u8(p + 32), vld1q_u8(p + 48));
  return vmaxvq_u8(vorrq_u8(low, high)) == 0;
}

bool is_zero(const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i + 64 < size; i += 64)
    if (!is_zero_block(bytes + i)) return false;
  return is_zero_block(bytes + size - 64);
}

}  // namespace

const Kernel neon_kernel = {"neon", supported, encode, apply_runs, is_zero, place_page};

}  // namespace qember::ram

#endif
