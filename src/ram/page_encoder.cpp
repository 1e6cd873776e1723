// SPDX-License-Identifier: LGPL-2.1-or-later
#include "page_encoder.hpp"

#include "xbzrle.hpp"
#include "zero.hpp"

#include <algorithm>

namespace qember::ram {

PageEncoder::PageEncoder(std::size_t page_size, std::size_t cache_size)
    : cache_(cache_size, page_size), page_(cache_.places() == 0 ? 0 : page_size), delta_(page_.size()) {}

void PageEncoder::begin_round() noexcept {
  cache_.begin_round();
  rounds_ = std::min(rounds_ + 1, 2U);
}

std::optional<EncodedPage> PageEncoder::encode(std::uint64_t number, ByteView page) noexcept {
  // What is no page is known to no cache.
  const bool is_page = page.size() == page_.size();
  const MutableBytes cached = is_page ? cache_.find(number) : MutableBytes();
  if (is_zero(page)) {
    if (!cached.empty()) {
      if (is_zero(cached)) return std::nullopt;
      std::ranges::fill(cached, std::uint8_t{0});
    }
    return EncodedPage{PageKind::zero, {}, false};
  }
  if (!is_page) return EncodedPage{PageKind::full, page, true};
  if (cached.empty()) return first_time(number, page);

  std::ranges::copy(page, page_.begin());
  const auto size = xbzrle_encode(cached, page_, delta_);
  if (size == 0) return std::nullopt;
  std::ranges::copy(page_, cached.begin());
  if (!size) return EncodedPage{PageKind::full, page_, false};
  return EncodedPage{PageKind::xbzrle, ByteView(delta_).first(*size), false};
}

EncodedPage PageEncoder::first_time(std::uint64_t number, ByteView page) noexcept {
  const MutableBytes place = rounds_ < 2 ? MutableBytes() : cache_.insert(number);
  if (place.empty()) return {PageKind::full, page, true};
  std::ranges::copy(page, place.begin());
  return {PageKind::full, place, false};
}

}  // namespace qember::ram
