// SPDX-License-Identifier: LGPL-2.1-or-later
/// Records of pages, counted by kind.
#pragma once

#include <qember/advanced/event/event.hpp>

namespace qember::event {

/// Records of pages, as they were sent: a page that was sent twice counts twice.
struct PageTally {
  std::uint64_t zero = 0, full = 0, xbzrle = 0, compressed = 0;
  std::uint64_t bytes = 0;  ///< of pages, deltas and zlib streams

  std::uint64_t records() const noexcept { return zero + full + xbzrle + compressed; }
  void add(const RamPage& page) noexcept {
    switch (page.kind) {
      case RamPageKind::zero: ++zero; break;
      case RamPageKind::full: ++full; break;
      case RamPageKind::xbzrle: ++xbzrle; break;
      case RamPageKind::compressed: ++compressed; break;
    }
    bytes += page.data.size();
  }
};

}  // namespace qember::event
