// SPDX-License-Identifier: LGPL-2.1-or-later
#include "slice_source.hpp"

#include <algorithm>
#include <limits>

namespace qember::io {

std::optional<std::uint64_t> SliceSource::size() const {
  const auto whole = whole_.size();
  if (!whole) return std::nullopt;
  const std::uint64_t left = *whole - std::min(*whole, base_);
  return std::min(left, length_.value_or(left));
}

Result<std::size_t> SliceSource::read_some(std::uint64_t offset, MutableBytes to) {
  constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t length = std::min(length_.value_or(unlimited), unlimited - base_);
  if (offset >= length) return std::size_t{0};
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), length - offset));
  return whole_.read_some(base_ + offset, to.first(most));
}

}  // namespace qember::io
