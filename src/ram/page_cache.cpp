// SPDX-License-Identifier: LGPL-2.1-or-later
#include "page_cache.hpp"

#include <exception>
#include <new>

namespace qember::ram {
namespace {
/// Rounds for which a look-up keeps a page, its own included; QEMU has the same.
constexpr std::uint64_t lifetime = 2;
}  // namespace

PageCache::PageCache(std::size_t memory, std::size_t page_size) : page_size_(page_size) {
  if (page_size >= memory) return;
  const std::size_t places = memory / place_size(page_size);
  if (places == 0) return;
  // The system may have less.
  std::unique_ptr<std::uint8_t[]> copies(new (std::nothrow) std::uint8_t[places * page_size]);
  if (copies == nullptr) return;
  try {
    notes_.resize(places);
  } catch (const std::exception&) {
    return;
  }
  copies_ = std::move(copies);
}

MutableBytes PageCache::find(std::uint64_t page) noexcept {
  if (notes_.empty()) return {};
  const std::size_t place = page % notes_.size();
  Note& note = notes_[place];
  if (note.stale == 0 || note.page != page) return {};
  note.stale = round_ + lifetime;
  return copy(place);
}

MutableBytes PageCache::insert(std::uint64_t page) noexcept {
  if (notes_.empty()) return {};
  const std::size_t place = page % notes_.size();
  Note& note = notes_[place];
  if (note.stale > round_) return {};
  note = {page, round_ + lifetime};
  return copy(place);
}

}  // namespace qember::ram
