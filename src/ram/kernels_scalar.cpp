// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delta_writer.hpp"
#include "short_copy.hpp"

namespace qember::ram {
namespace {

bool supported() noexcept { return true; }

std::uint64_t load(const std::uint8_t* p) noexcept {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

std::uint64_t change(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  return load(one) ^ load(other);
}

/// Bit i: byte i of the word, in the order of memory, is not zero.
std::uint64_t changed_bytes(std::uint64_t word) noexcept {
  constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7f;
  if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) word = __builtin_bswap64(word);
  const std::uint64_t tops = (((word & low_bits) + low_bits) | word) & ~low_bits;
  // Moves bit 8 i to bit 56 + i.
  return (tops >> 7U) * 0x0102040810204080 >> 56U;
}

std::uint64_t differences(const std::uint8_t* one, const std::uint8_t* other) noexcept {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < 64; i += 8) any |= change(one + i, other + i);
  std::uint64_t mask = 0;
  for (std::size_t i = 0; any != 0 && i < 64; i += 8) {
    const std::uint64_t word = change(one + i, other + i);
    if (word != 0) mask |= changed_bytes(word) << i;
  }
  return mask;
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
  return (load(p) | load(p + 8) | load(p + 16) | load(p + 24) | load(p + 32) | load(p + 40) | load(p + 48) |
          load(p + 56)) == 0;
}

bool is_zero(const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i + 64 < size; i += 64)
    if (!is_zero_block(bytes + i)) return false;
  return is_zero_block(bytes + size - 64);
}

}  // namespace

void apply_runs(const Run* runs, std::size_t count, const std::uint8_t* delta, std::uint8_t* page) noexcept {
  for (const Run* run = runs; run != runs + count; ++run)
    short_copy(page + run->to, delta + run->from, run->length);
}

void place_page(const std::uint8_t* page, std::size_t size, std::uint8_t* to) noexcept {
  std::memcpy(to, page, size);
}

const Kernel scalar_kernel = {"scalar", supported, encode, apply_runs, is_zero, place_page};

}  // namespace qember::ram
