// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#define QEMBER_AVX512 [[gnu::target("avx512f,avx512bw,bmi,bmi2,popcnt")]]

namespace qember::ram {
namespace {

bool supported() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

QEMBER_AVX512 inline std::uint64_t differences(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  return _mm512_cmpneq_epi8_mask(_mm512_loadu_si512(one), _mm512_loadu_si512(other));
}

QEMBER_AVX512 std::uint32_t* edges(const std::uint8_t* one, const std::uint8_t* other, std::size_t size,
                                   std::uint32_t base, bool differs, std::uint32_t* to) noexcept {
  EdgeList list(base, differs, to);
  for (std::size_t i = 0; i < size; i += 256)
    list.append(differences(one + i, other + i), differences(one + i + 64, other + i + 64),
                differences(one + i + 128, other + i + 128), differences(one + i + 192, other + i + 192));
  return list.end();
}

QEMBER_AVX512 bool is_zero(const std::uint8_t* bytes, std::size_t size) noexcept {
  (void)bytes; (void)size;
  return false;
}
QEMBER_AVX512 bool equal(const std::uint8_t* one, const std::uint8_t* other, std::size_t size) noexcept {
  (void)one; (void)size; (void)other;
  return false;
}

}  // namespace

const Kernel avx512_kernel = {"avx512", supported, edges, is_zero, equal};

}  // namespace qember::ram
#endif
