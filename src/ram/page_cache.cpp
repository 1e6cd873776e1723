// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/ram/page_cache.hpp>

namespace qember::ram {
namespace {
/// Rounds for which a look-up keeps a page, its own included; QEMU has the same.
constexpr std::uint64_t lifetime = 2;
}  // namespace

PageCache::PageCache(std::size_t memory, std::size_t page_size)
    : page_size_(page_size), notes_(memory / (page_size + sizeof(Note))) {
  if (!notes_.empty()) copies_ = std::make_unique_for_overwrite<std::uint8_t[]>(notes_.size() * page_size);
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
