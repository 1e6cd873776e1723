// SPDX-License-Identifier: LGPL-2.1-or-later
/// The work on whole pages that each instruction set does in its own way.
///
/// The files that implement kernels include nothing but this header, `delta_writer.hpp`, `fetch_ahead.hpp`,
/// `short_copy.hpp` and intrinsics, and name their instruction set at each function. A flag for a whole file
/// would also compile the inline functions of shared headers for it, and the linker may keep that copy for
/// every processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qember::ram {

/// What `Kernel::encode` returns for a delta that can't be written.
constexpr std::size_t delta_too_large = SIZE_MAX;
/// Page sizes that `Kernel::encode` takes are multiples of it; comparisons want at least as many bytes.
constexpr std::size_t kernel_block = 256;

/// Bytes that change, and where: indices in the delta and in the page.
struct Run {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t length;  ///< never 0

  static constexpr Run make(std::size_t from, std::size_t to, std::size_t length) {
    return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to),
            static_cast<std::uint32_t>(length)};
  }
};

struct Kernel {
  std::string_view name;
  bool (*supported)() noexcept;
  /// The size of the delta between two pages of `size` bytes, or `delta_too_large`.
  std::size_t (*encode)(const std::uint8_t* old_page, const std::uint8_t* new_page, std::size_t size,
                        std::uint8_t* out, std::size_t room) noexcept;
  void (*apply)(const Run* runs, std::size_t count, const std::uint8_t* delta, std::uint8_t* page) noexcept;
  bool (*is_zero)(const std::uint8_t* bytes, std::size_t size) noexcept;
  /// `size` is a multiple of `kernel_block`, `to` of 64.
  void (*place)(const std::uint8_t* page, std::size_t size, std::uint8_t* to) noexcept;
};

/// `Kernel::apply` for every processor.
void apply_runs(const Run* runs, std::size_t count, const std::uint8_t* delta, std::uint8_t* page) noexcept;

/// `Kernel::place` for every processor.
void place_page(const std::uint8_t* page, std::size_t size, std::uint8_t* to) noexcept;

extern const Kernel scalar_kernel;
#if defined(__x86_64__)
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#elif defined(__aarch64__)
extern const Kernel neon_kernel;
#endif

}  // namespace qember::ram
