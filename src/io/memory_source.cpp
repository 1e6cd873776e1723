// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/memory_source.hpp>

#include <algorithm>

namespace qember::io {

Result<std::size_t> MemorySource::read_some(std::uint64_t offset, MutableBytes to) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const ByteView there = bytes_.subspan(static_cast<std::size_t>(offset));
  const std::size_t count = std::min(there.size(), to.size());
  std::ranges::copy(there.first(count), to.begin());
  return count;
}

}  // namespace qember::io
