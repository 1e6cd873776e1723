// SPDX-License-Identifier: LGPL-2.1-or-later
/// How a page of a machine that may be running goes out: as zeros, in full, as a delta, or not at all.
///
/// A running guest writes to a page while it is looked at: a copy of it may have some bytes from before and
/// some from after. That is harmless as long as such a page is sent again, for which its writer's note that
/// it is dirty has to be cleared *before* the page is given here, never after. What a delta is made against,
/// though, must be exactly what was sent. So a page that the cache holds is read once, into a copy, and it is
/// the copy that is compared, sent and cached; a page that the cache does not hold is sent from where it is,
/// and no delta will ever refer to it.
#pragma once

#include <qember/advanced/ram/page.hpp>

#include "page_cache.hpp"

#include <optional>

namespace qember::ram {

struct EncodedPage {
  PageKind kind = PageKind::full;
  ByteView data{};       ///< the page or the delta
  bool borrowed = true;  ///< `data` is the caller's page itself; else valid until the next call
};

class PageEncoder {
 public:
  /// `cache_size`: bytes that its `PageCache` may take, 0 for no deltas. `page_size` is a multiple of 256.
  PageEncoder(std::size_t page_size, std::size_t cache_size);
  /// How many pages there is room for; 0 where the system has not that much memory.
  std::size_t places() const noexcept { return cache_.places(); }

  /// Every page of memory is sent once in the first round, most of them not to be seen again: the cache is
  /// filled from the second on.
  void begin_round() noexcept;

  /// `number` is the same for one page at all times, and no other's. Nothing: the receiver has that page as
  /// it is. Bytes of another size than a page's go out as they are.
  std::optional<EncodedPage> encode(std::uint64_t number, ByteView page) noexcept;

 private:
  EncodedPage first_time(std::uint64_t number, ByteView page) noexcept;

  PageCache cache_;
  Bytes page_;  ///< as it was read
  Bytes delta_;
  unsigned rounds_ = 0;  ///< up to 2
};

}  // namespace qember::ram
