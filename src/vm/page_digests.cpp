// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/page_digests.hpp>

#include <qember/advanced/core/digest.hpp>

#include "../event/mapped_ram.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

using event::CommandId;

bool is_discard(const event::Event& event) {
  const auto* const command = std::get_if<event::Command>(&event);
  return command != nullptr && command->id == static_cast<std::uint16_t>(CommandId::postcopy_ram_discard);
}

}  // namespace

Status PageSpool::read(std::uint64_t slot, MutableBytes page) { return file_.read(slot * page_size_, page); }

Status PageSpool::write(std::uint64_t slot, ByteView page, std::uint64_t page_size) {
  page_size_ = page_size;
  return file_.write(slot * page_size_, page);
}

void DigestedRam::begin(const event::Context& context) {
  ++pass_;
  context_ = &context;
  final_.emplace(context, static_cast<RamStore&>(*this), limits_);
}

Status DigestedRam::take(const event::Event& event) {
  if (const auto* list = std::get_if<event::RamBlocks>(&event))
    if (auto status = note_blocks(list->blocks.size()); !status) return status;
  discarding_ = is_discard(event);
  if (auto status = final_->take(event); !status) return status;
  if (const auto* page = std::get_if<event::RamPage>(&event)) {
    // Nothing is written for zeroes in a page that had no contents.
    const std::uint64_t index = page->addr / page_size();
    PageNumbers& pages = blocks_[page->block];
    if (pages.get(digests_, index) == absent) {
      bytes_ -= pages.bytes();
      pages.set(digests_, index, zero);
      bytes_ += pages.bytes();
    }
  }
  if (const auto* bitmap = std::get_if<event::MappedBitmap>(&event)) note_absent_as_zero(*bitmap);
  return check_memory();
}

/// A second pass is of the same stream.
Status DigestedRam::note_blocks(std::size_t count) {
  if (pass_ > 1 && blocks_.size() != count)
    return Error{Errc::io, context_->offset(), context_->path(), {}, "the file changed while it was read"};
  blocks_.resize(count);
  slots_.resize(count);
  bitmap_bytes_.resize(count);
  return {};
}

Status DigestedRam::check_memory() const {
  if (!digests_.status()) return digests_.status().error();
  if (!slot_numbers_.status()) return slot_numbers_.status().error();
  // The digests of one guest stay while the other is read.
  const std::size_t most = limits_.max_page_states / 4;
  if (bytes_ <= most) return {};
  return Error{
      Errc::limit, context_->offset(), context_->path(),
      fmt::format("max_page_states: digests of pages that take at most {} bytes, a quarter of it", most),
      "pages that take more"};
}

/// In a mapped-ram file, a page that is not there is zeroes.
void DigestedRam::note_absent_as_zero(const event::MappedBitmap& bitmap) {
  std::uint64_t& bytes = bitmap_bytes_[bitmap.block];
  const event::RamBlock& block = context_->session().blocks()[bitmap.block];
  const std::uint64_t pages = block.length / page_size();
  for (const std::uint8_t byte : bitmap.data) {
    const std::uint64_t first =
        event::mapped_page_bit(8 * bytes++, block.mapped && block.mapped->is_big_endian);
    for (unsigned bit = 0; bit < 8 && first + bit < pages; ++bit)
      if ((byte >> bit & 1U) == 0) blocks_[bitmap.block].set(digests_, first + bit, zero);
  }
}

Status DigestedRam::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  const std::uint64_t page = addr / page_size();
  bytes_ -= blocks_[block].bytes();
  // A digest may not be one of the two that mean something else.
  blocks_[block].set(digests_, page, short_digest(data, seed_) | 2U);
  bytes_ += blocks_[block].bytes();
  const std::uint64_t slot = slots_[block].get(slot_numbers_, page);
  if (keep_ == Keep::none && (pass_ == 1 || slot == 0)) return {};
  return spool_.write((slot != 0 ? slot : new_slot(block, page)) - 1, data, page_size());
}

Status DigestedRam::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  const std::uint64_t page = addr / page_size();
  const std::uint64_t slot = slots_[block].get(slot_numbers_, page);
  if (keep_ == Keep::all || pass_ == 2) return spool_.read(slot - 1, data);
  if (slot == 0) new_slot(block, page);
  return {};
}

std::uint64_t DigestedRam::new_slot(std::uint32_t block, std::uint64_t page) {
  bytes_ -= slots_[block].bytes();
  slots_[block].set(slot_numbers_, page, ++slots_used_);
  bytes_ += slots_[block].bytes();
  return slots_used_;
}

Status DigestedRam::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  const std::uint64_t end = (addr + size + page_size() - 1) / page_size();
  blocks_[block].replace(digests_, addr / page_size(), end, discarding_ ? absent : zero);
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

/// Joins neighbours that changed alike.
class Ranges {
 public:
  explicit Ranges(const std::function<void(const ChangedRange&)>& each) : each_(each) {}

  void add(PageChange change, std::uint64_t page) {
    if (range_.change != change || range_.first + range_.count != page) {
      flush();
      range_ = {change, page, 0};
    }
    ++range_.count;
  }
  void flush() {
    if (range_.count != 0) each_(range_);
  }

 private:
  const std::function<void(const ChangedRange&)>& each_;
  ChangedRange range_;
};

}  // namespace

void ChangedRanges::visit(const std::function<void(const ChangedRange&)>& each) const {
  Ranges ranges(each);
  for (std::uint64_t number = 0;; ++number) {
    const auto in_a = a_.pages.next_chunk(number);
    const auto in_b = b_.pages.next_chunk(number);
    if (!in_a && !in_b) break;
    number = !in_b || (in_a && *in_a < *in_b) ? *in_a : *in_b;
    const PageNumbers::Chunk of_a = a_.pages.chunk(a_.digests, number);
    const PageNumbers::Chunk of_b = b_.pages.chunk(b_.digests, number);
    for (std::size_t i = 0; i < of_a.size(); ++i)
      if (const auto change = change_of(of_a[i], of_b[i]))
        ranges.add(*change, number * PageNumbers::chunk_pages + i);
  }
  ranges.flush();
}

}  // namespace qember::vm
