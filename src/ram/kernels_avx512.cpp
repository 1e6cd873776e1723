// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delta_writer.hpp"
#include "fetch_ahead.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define QEMBER_TARGET [[gnu::target("avx512f,avx512bw,bmi,bmi2")]]

namespace qember::ram {
namespace {

bool supported() noexcept {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
}

QEMBER_TARGET inline std::uint64_t differences(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  return _mm512_cmpneq_epi8_mask(_mm512_loadu_si512(one), _mm512_loadu_si512(other));
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

QEMBER_TARGET inline void copy_line(std::uint8_t* to, const std::uint8_t* from) noexcept {
  _mm512_storeu_si512(to, _mm512_loadu_si512(from));
}

QEMBER_TARGET inline void copy(std::uint8_t* to, const std::uint8_t* from, std::size_t length) noexcept {
  if (length >= 64) {
    const std::size_t last = length - 64;
    for (std::size_t i = 0; i < last; i += 64) copy_line(to + i, from + i);
    copy_line(to + last, from + last);
    return;
  }
  // All short lengths in one way: a branch for each class of them would be guessed wrong too often.
  const __mmask64 some = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(length));
  _mm512_mask_storeu_epi8(to, some, _mm512_maskz_loadu_epi8(some, from));
}

QEMBER_TARGET void apply(const Run* runs, std::size_t count, const std::uint8_t* delta,
                         std::uint8_t* page) noexcept {
  for (const Run* run = runs; run != runs + count; ++run)
    copy(page + run->to, delta + run->from, run->length);
}

QEMBER_TARGET inline bool is_zero_block(const std::uint8_t* p) noexcept {
  const __m512i low = _mm512_or_si512(_mm512_loadu_si512(p), _mm512_loadu_si512(p + 64));
  const __m512i high = _mm512_or_si512(_mm512_loadu_si512(p + 128), _mm512_loadu_si512(p + 192));
  const __m512i all = _mm512_or_si512(low, high);
  return _mm512_test_epi64_mask(all, all) == 0;
}

QEMBER_TARGET bool is_zero(const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i + 256 < size; i += 256)
    if (!is_zero_block(bytes + i)) return false;
  return is_zero_block(bytes + size - 256);
}

QEMBER_TARGET void place(const std::uint8_t* page, std::size_t size, std::uint8_t* to) noexcept {
  for (std::size_t i = 0; i < size; i += 256) {
    const std::uint8_t* const from = page + i;
    fetch_ahead(from);
    const __m512i a = _mm512_loadu_si512(from);
    const __m512i b = _mm512_loadu_si512(from + 64);
    const __m512i c = _mm512_loadu_si512(from + 128);
    const __m512i d = _mm512_loadu_si512(from + 192);
    auto* const line = reinterpret_cast<__m512i*>(to + i);
    _mm512_stream_si512(line, a);
    _mm512_stream_si512(line + 1, b);
    _mm512_stream_si512(line + 2, c);
    _mm512_stream_si512(line + 3, d);
  }
}

}  // namespace

const Kernel avx512_kernel = {"avx512", supported, encode, apply, is_zero, place};

}  // namespace qember::ram

#endif
