// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a migration stream of the test guest did to its memory, counted with a reader of its own (it
/// shares no code with the library, so that a mistake there cannot hide here).
#pragma once

#include <cstdint>
#include <string_view>

namespace qember::live {

struct RamCensus {
  std::uint64_t rounds = 0;        ///< walks over the memory: a page not after the last one begins one
  std::uint64_t zero = 0;          ///< records of pages of zeros
  std::uint64_t full = 0;          ///< records of pages in full
  std::uint64_t deltas = 0;        ///< records of XBZRLE
  std::uint64_t sent_again = 0;    ///< records of pages that had been sent before
  std::uint64_t data_to_zero = 0;  ///< records that say zero of a page last sent with data
};

/// Counts the records of `ram` up to the first device; throws `std::runtime_error` where the bytes are
/// not a stream as QEMU writes it for x86 with footers.
RamCensus count_ram(std::string_view stream);

}  // namespace qember::live
