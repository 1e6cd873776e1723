// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diff_pages.hpp"

#include "digest.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace qember::cli {
namespace {

using native::CommandId;

bool is_discard(const native::Event& event) {
  const auto* const command = std::get_if<native::Command>(&event);
  return command != nullptr && command->id == static_cast<std::uint16_t>(CommandId::postcopy_ram_discard);
}

/// Calls `move(offset, at)` until `size` octets are moved; the file is never shorter than what is read.
template <class Move>
Status move_all(std::size_t size, Move move) {
  for (std::size_t at = 0; at < size;) {
    const ssize_t moved = move(at);
    if (moved > 0)
      at += static_cast<std::size_t>(moved);
    else if (moved == 0 || errno != EINTR)
      return system_error("the temporary file of pages");
  }
  return {};
}

}  // namespace

Status PageSpool::open() {
  const char* const directory = std::getenv("TMPDIR");
  std::string name =
      (directory != nullptr && *directory != '\0' ? std::string(directory) : "/var/tmp") + "/qember.XXXXXX";
  file_ = Descriptor(::mkostemp(name.data(), O_CLOEXEC), true);
  if (file_.get() < 0) return system_error(name);
  ::unlink(name.c_str());
  return {};
}

Status PageSpool::read(std::uint32_t slot, MutableBytes page) {
  const std::uint64_t begin = slot * page_size_;
  return move_all(page.size(), [&](std::size_t at) {
    return ::pread(file_.get(), page.data() + at, page.size() - at, static_cast<off_t>(begin + at));
  });
}

Status PageSpool::write(std::uint32_t slot, ByteView page, std::uint64_t page_size) {
  page_size_ = page_size;
  if (file_.get() < 0)
    if (auto status = open(); !status) return status;
  const std::uint64_t begin = slot * page_size_;
  return move_all(page.size(), [&](std::size_t at) {
    return ::pwrite(file_.get(), page.data() + at, page.size() - at, static_cast<off_t>(begin + at));
  });
}

void DigestedRam::begin(const native::Source& source) {
  ++pass_;
  source_ = &source;
  final_.emplace(source, static_cast<native::RamStore&>(*this));
}

Status DigestedRam::note(const native::Event& event) {
  if (const auto* list = std::get_if<native::RamBlocks>(&event); list != nullptr && blocks_.empty()) {
    blocks_.resize(list->blocks.size());
    slots_.resize(list->blocks.size());
    bitmap_octets_.resize(list->blocks.size());
  }
  discarding_ = is_discard(event);
  if (auto status = final_->note(event); !status) return status;
  if (const auto* page = std::get_if<native::RamPage>(&event)) {
    // Nothing is written for zeroes in a page that had no contents.
    std::uint64_t& digest = blocks_[page->block][page->addr / page_size()];
    if (digest == absent) digest = zero;
  }
  if (const auto* bitmap = std::get_if<native::MappedBitmap>(&event)) note_absent_as_zero(*bitmap);
  return {};
}

/// In a mapped-ram file, a page that is not there is zeroes.
void DigestedRam::note_absent_as_zero(const native::MappedBitmap& bitmap) {
  std::uint64_t& octets = bitmap_octets_[bitmap.block];
  const std::uint64_t pages = source_->session().blocks()[bitmap.block].length / page_size();
  for (const std::uint8_t octet : bitmap.data) {
    const std::uint64_t first = 8 * octets++;
    for (unsigned bit = 0; bit < 8 && first + bit < pages; ++bit)
      if ((octet >> bit & 1U) == 0) blocks_[bitmap.block][first + bit] = zero;
  }
}

Status DigestedRam::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  const std::uint64_t page = addr / page_size();
  // A digest may not be one of the two that mean something else.
  blocks_[block][page] = short_digest(data, seed_) | 2U;
  if (keep_ == Keep::none && (pass_ == 1 || slots_[block].get(page) == 0)) return {};
  std::uint32_t& slot = slots_[block][page];
  if (slot == 0) slot = ++slots_used_;
  return spool_.write(slot - 1, data, page_size());
}

Status DigestedRam::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  std::uint32_t& slot = slots_[block][addr / page_size()];
  if (keep_ == Keep::all || pass_ == 2) return spool_.read(slot - 1, data);
  if (slot == 0) slot = ++slots_used_;
  return {};
}

Status DigestedRam::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  const std::uint64_t end = (addr + size + page_size() - 1) / page_size();
  for (std::uint64_t page = addr / page_size(); page < end; ++page)
    if (blocks_[block].get(page) != absent) blocks_[block][page] = discarding_ ? absent : zero;
  return {};
}

namespace {

std::optional<PageChange> change_of(std::uint64_t a, std::uint64_t b) {
  if (a == b) return std::nullopt;
  if (b == DigestedRam::absent) return PageChange::only_in_a;
  if (a == DigestedRam::absent) return PageChange::only_in_b;
  if (a == DigestedRam::zero) return PageChange::zero_to_data;
  if (b == DigestedRam::zero) return PageChange::data_to_zero;
  return PageChange::changed;
}

void append(std::vector<ChangedRange>& ranges, PageChange change, std::uint64_t page) {
  const bool goes_on =
      !ranges.empty() && ranges.back().change == change && ranges.back().first + ranges.back().count == page;
  if (goes_on)
    ++ranges.back().count;
  else
    ranges.push_back({change, page, 1});
}

}  // namespace

std::vector<ChangedRange> compare_pages(const PageDigests& a, const PageDigests& b) {
  static constexpr PageDigests::Chunk nothing{};
  std::vector<ChangedRange> ranges;
  auto in_a = a.chunks().begin();
  auto in_b = b.chunks().begin();
  while (in_a != a.chunks().end() || in_b != b.chunks().end()) {
    const bool has_a = in_a != a.chunks().end() && (in_b == b.chunks().end() || in_a->first <= in_b->first);
    const bool has_b = in_b != b.chunks().end() && (in_a == a.chunks().end() || in_b->first <= in_a->first);
    const std::uint64_t first = (has_a ? in_a->first : in_b->first) * PageDigests::chunk_pages;
    const auto& of_a = has_a ? in_a++->second : nothing;
    const auto& of_b = has_b ? in_b++->second : nothing;
    for (std::size_t i = 0; i < PageDigests::chunk_pages; ++i)
      if (const auto change = change_of(of_a[i], of_b[i])) append(ranges, *change, first + i);
  }
  return ranges;
}

}  // namespace qember::cli
