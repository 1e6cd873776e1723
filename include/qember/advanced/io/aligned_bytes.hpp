// SPDX-License-Identifier: LGPL-2.1-or-later
/// Memory to read into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace qember::io {

/// Where bytes are best read to: at multiples of that. Some processors copy to other places at a quarter of
/// the speed, and what the kernel does for a read is a copy.
constexpr std::size_t read_alignment = 64;

/// The next multiple of `read_alignment`, or the number itself.
constexpr std::size_t align_read(std::size_t size) noexcept {
  return (size + read_alignment - 1) / read_alignment * read_alignment;
}

/// Frees what `allocate_aligned` gave.
struct AlignedDelete {
  void operator()(std::uint8_t* bytes) const noexcept {
    ::operator delete(bytes, std::align_val_t{read_alignment});
  }
};
/// Bytes of which the first is at a multiple of `read_alignment`.
using AlignedBytes = std::unique_ptr<std::uint8_t[], AlignedDelete>;

/// That many of them, not initialised.
inline AlignedBytes allocate_aligned(std::size_t size) {
  return AlignedBytes(static_cast<std::uint8_t*>(::operator new(size, std::align_val_t{read_alignment})));
}

}  // namespace qember::io
