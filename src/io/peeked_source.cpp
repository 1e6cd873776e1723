// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/peeked_source.hpp>

#include <algorithm>

namespace qember::io {

Result<ByteView> PeekedSource::peek(std::size_t count) {
  while (head_.size() < count) {
    const std::size_t there = head_.size();
    // By pieces, so that memory is what came and not what was asked for.
    constexpr std::size_t piece = std::size_t{64} << 10U;
    head_.resize(there + std::min(count - there, piece));
    const auto read = source_.read_some(there, MutableBytes(head_).subspan(there));
    head_.resize(there + (read ? *read : 0));
    if (!read) return read.error();
    if (*read == 0) break;
  }
  return ByteView(head_).first(std::min(count, head_.size()));
}

Result<std::size_t> PeekedSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (is_seekable() || offset >= head_.size()) return source_.read_some(offset, to);
  const ByteView held = ByteView(head_).subspan(static_cast<std::size_t>(offset));
  const std::size_t count = std::min(held.size(), to.size());
  std::copy_n(held.begin(), count, to.begin());
  return count;
}

}  // namespace qember::io
