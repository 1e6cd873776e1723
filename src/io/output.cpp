// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/output.hpp>

#include <algorithm>

namespace qember::io {
namespace {
constexpr std::size_t chunk_size = std::size_t{64} << 10U;
}

std::uint8_t* Output::reserve(std::size_t count) {
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < count) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t size = std::max(count, chunk_size);
    chunks_.push_back({std::make_unique_for_overwrite<std::uint8_t[]>(size), size});
  }
  return chunks_[chunk_].data.get() + used_;
}

void Output::commit(const std::uint8_t* end) {
  if (chunk_ >= chunks_.size()) return;  // nothing was reserved
  std::uint8_t* const begin = chunks_[chunk_].data.get() + used_;
  const auto size = static_cast<std::size_t>(end - begin);
  used_ += size;
  append(begin, size);
}

void Output::copy(ByteView bytes) {
  std::uint8_t* const to = reserve(bytes.size());
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  commit(to + bytes.size());
}

void Output::borrow(ByteView bytes) { append(bytes.data(), bytes.size()); }

void Output::keep(Bytes bytes) {
  kept_.push_back(std::move(bytes));
  borrow(kept_.back());
}

void Output::append(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  pending_ += size;
  written_ += size;
  if (!pieces_.empty()) {
    iovec& last = pieces_.back();
    if (static_cast<const std::uint8_t*>(last.iov_base) + last.iov_len == data) {
      last.iov_len += size;
      return;
    }
  }
  pieces_.push_back({const_cast<std::uint8_t*>(data), size});
}

void Output::clear() {
  pieces_.clear();
  kept_.clear();
  pending_ = 0;
  // What one burst needed is not kept for good.
  constexpr std::size_t most_kept = 16;
  if (chunks_.size() > most_kept) chunks_.resize(most_kept);
  chunk_ = used_ = 0;
}

}  // namespace qember::io
