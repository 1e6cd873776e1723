// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delta_writer.hpp"
#include "fetch_ahead.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define QEMBER_TARGET [[gnu::target("avx2,bmi,bmi2")]]

namespace qember::ram {
namespace {

bool supported() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
         __builtin_cpu_supports("bmi2") != 0;
}

QEMBER_TARGET inline __m256i load(const std::uint8_t* p) noexcept {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

QEMBER_TARGET inline std::uint64_t same(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(one), load(other))));
}

QEMBER_TARGET inline std::uint64_t differences(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  return ~(same(one, other) | same(one + 32, other + 32) << 32U);
}

QEMBER_TARGET std::size_t encode(const std::uint8_t* old_page, const std::uint8_t* new_page, std::size_t size,
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

QEMBER_TARGET inline __m256i any(const std::uint8_t* p) noexcept {
  return _mm256_or_si256(_mm256_or_si256(load(p), load(p + 32)), _mm256_or_si256(load(p + 64), load(p + 96)));
}

QEMBER_TARGET inline bool is_zero_block(const std::uint8_t* p) noexcept {
  const __m256i all = _mm256_or_si256(any(p), any(p + 128));
  return _mm256_testz_si256(all, all) != 0;
}

QEMBER_TARGET bool is_zero(const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i + 256 < size; i += 256)
    if (!is_zero_block(bytes + i)) return false;
  return is_zero_block(bytes + size - 256);
}

QEMBER_TARGET void place(const std::uint8_t* page, std::size_t size, std::uint8_t* to) noexcept {
  for (std::size_t i = 0; i < size; i += 256) {
    fetch_ahead(page + i);
    for (std::size_t k = i; k < i + 256; k += 64) {
      const __m256i a = load(page + k);
      const __m256i b = load(page + k + 32);
      auto* const line = reinterpret_cast<__m256i*>(to + k);
      _mm256_stream_si256(line, a);
      _mm256_stream_si256(line + 1, b);
    }
  }
}

}  // namespace

const Kernel avx2_kernel = {"avx2", supported, encode, apply_runs, is_zero, place};

}  // namespace qember::ram

#endif
