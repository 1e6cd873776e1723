// SPDX-License-Identifier: LGPL-2.1-or-later
#include "page_index.hpp"

#include <qember/advanced/event/channels.hpp>

#include "../event/discard.hpp"
#include "../event/rule.hpp"
#include "page_reader.hpp"
#include "page_records.hpp"
#include "page_rules.hpp"

#include <qember/advanced/event/page_ledger.hpp>

#include <algorithm>

namespace qember::vm {

struct PageIndex::State {
  const OpenedStream* stream;
  Limits limits;
  event::Session session;  ///< what is left of the stream
  event::Channels channels;
  NumberArrays arrays;
  PageRecords records;
  std::vector<StoredPages> blocks;
  std::vector<bool> has_pages;
  std::size_t bytes = 0;  ///< that blocks take

  const event::Session& now() const { return stream != nullptr ? stream->session() : session; }
  /// In what is read, where the stream may begin behind its first byte.
  std::uint64_t position_of(ByteView data) const {
    return stream->input().base() + stream->input().position_of(data);
  }
  StoredPage page_of(PageNumber number);
};

PageIndex::PageIndex(const OpenedStream& stream, const Limits& limits)
    : state_(new State{&stream, limits, event::Session(limits), {}, {}, {}, {}, {}}) {}

PageIndex::~PageIndex() = default;

void PageIndex::finish() {
  if (state_->stream == nullptr) return;
  state_->session = state_->stream->session();
  state_->stream = nullptr;
}

Status PageIndex::on(const event::RamBlocks& list) {
  state_->has_pages.resize(list.blocks.size());
  return {};
}

void PageIndex::on(const event::RamControl& control) { state_->channels.note(control); }
void PageIndex::on(const event::SectionBegin& section) { state_->channels.note(section); }

Status PageIndex::take(std::span<const event::RamPage> pages) {
  for (const event::RamPage& page : pages)
    if (auto status = add(page); !status) return status;
  return check();
}

Status PageIndex::add(const event::RamPage& page) {
  State& state = *state_;
  const event::Session& session = state.stream->session();
  const std::uint64_t size = session.page_size_or_default();
  // With the first page its size is known.
  while (state.blocks.size() < state.has_pages.size()) state.blocks.emplace_back(state.arrays, size);
  state.channels.note(page);
  state.has_pages[page.block] = true;
  StoredPages& block = state.blocks[page.block];
  const std::uint64_t number = page.addr / size;
  state.bytes -= block.bytes();
  Status status;
  // In a mapped-ram file each page has its place, and was passed over unread.
  const auto& mapped = session.blocks()[page.block].mapped;
  if (mapped && state.stream->format() == Format::native) {
    block.add_full(number, state.stream->input().base() + mapped->pages_at() + page.addr);
    state.bytes += block.bytes();
    return {};
  }
  const bool is_data = page.kind != event::RamPageKind::zero;
  const std::uint64_t position = is_data ? state.position_of(page.data) : 0;
  if (!is_data && page.fill == 0)
    block.add_zero(number);
  else if (!is_data)
    block.set(number, {PageNumber::Kind::zero, page.fill});
  else if (page.kind == event::RamPageKind::full && state.stream->input().holds(page.data) &&
           position < PageNumber::most)
    block.add_full(number, position);
  else
    status = add_record(page);
  state.bytes += block.bytes();
  return status;
}

namespace {

StoredPage::Kind kind_of(event::RamPageKind kind) {
  switch (kind) {
    case event::RamPageKind::zero: return StoredPage::Kind::zero;
    case event::RamPageKind::full: return StoredPage::Kind::full;
    case event::RamPageKind::xbzrle: return StoredPage::Kind::xbzrle;
    case event::RamPageKind::compressed: break;
  }
  return StoredPage::Kind::compressed;
}

}  // namespace

Status PageIndex::add_record(const event::RamPage& page) {
  State& state = *state_;
  StoredPages& block = state.blocks[page.block];
  const std::uint64_t number = page.addr / page_size();
  PageRecord record;
  record.page.kind = kind_of(page.kind);
  record.page.size = static_cast<std::uint32_t>(page.data.size());
  if (page.kind == event::RamPageKind::xbzrle) {
    record.base = block.get(number);
    if (record.base.kind() == PageNumber::Kind::none) return refuse_delta(*state.stream, page.addr);
    if (auto status = count_deltas(record); !status) return status;
  }
  if (state.stream->input().holds(page.data)) {
    record.page.position = state.position_of(page.data);
  } else {
    auto kept = state.records.keep(page.data);
    if (!kept) return std::move(kept.error());
    record.page.position = *kept;
    record.page.is_kept = true;
  }
  block.set(number, state.records.add(record));
  return {};
}

/// Behind so many deltas the page is kept as it is, so that reading it takes bounded time.
Status PageIndex::count_deltas(PageRecord& delta) {
  constexpr std::uint32_t most_deltas = 1024;
  State& state = *state_;
  if (delta.base.kind() == PageNumber::Kind::record) delta.deltas = state.records.get(delta.base).deltas;
  if (++delta.deltas <= most_deltas) return {};
  Bytes page(page_size());
  const PageReader reader(*this, state.stream->bytes());
  if (auto status = reader.read(state.page_of(delta.base), page); !status) return status;
  auto kept = state.records.keep(page);
  if (!kept) return std::move(kept.error());
  const auto size = static_cast<std::uint32_t>(page.size());
  delta.base = state.records.add({{StoredPage::Kind::full, 0, true, *kept, size, 0}, {}, 0});
  delta.deltas = 1;
  return {};
}

Status PageIndex::check() const {
  if (auto status = state_->arrays.status(); !status) return status;
  if (auto status = state_->records.status(); !status) return status;
  if (state_->bytes <= state_->limits.max_page_states) return {};
  return event::refuse_page_notes(*state_->stream, state_->limits.max_page_states);
}

Status PageIndex::on(const event::Command& command) {
  if (command.id != static_cast<std::uint16_t>(event::CommandId::postcopy_ram_discard)) return {};
  const OpenedStream& stream = *state_->stream;
  auto discarded = event::read_discard(stream.session(), command.payload);
  if (!discarded) {
    discarded.error().offset = stream.offset();
    discarded.error().path = stream.path();
    return std::move(discarded.error());
  }
  // Before the first page nothing is there to be discarded.
  if (discarded->block >= state_->blocks.size()) return {};
  StoredPages& block = state_->blocks[discarded->block];
  const std::uint64_t size = stream.session().page_size_or_default();
  state_->bytes -= block.bytes();
  for (const auto& [begin, end] : discarded->ranges)
    block.forget(begin / size, end / size + (end % size != 0 ? 1 : 0));
  state_->bytes += block.bytes();
  return check();
}

StoredPage PageIndex::State::page_of(PageNumber number) {
  using Kind = StoredPage::Kind;
  StoredPage page;
  switch (number.kind()) {
    case PageNumber::Kind::none: break;
    case PageNumber::Kind::zero:
      page.kind = Kind::zero;
      page.fill = static_cast<std::uint8_t>(number.value());
      break;
    case PageNumber::Kind::full:
      page.kind = Kind::full;
      page.position = number.value();
      page.size = static_cast<std::uint32_t>(now().page_size_or_default());
      break;
    case PageNumber::Kind::record: return records.get(number).page;
  }
  return page;
}

Result<StoredPage> PageIndex::find(std::uint32_t block, std::uint64_t page) const {
  if (block >= state_->blocks.size()) return StoredPage();
  const StoredPage found = state_->page_of(state_->blocks[block].get(page));
  if (auto status = check_readable(); !status) return std::move(status.error());
  return found;
}

Status PageIndex::check_readable() const {
  const Status& arrays = state_->arrays.status();
  return arrays ? state_->records.status() : arrays;
}

Result<std::optional<std::uint64_t>> PageIndex::next_data(std::uint32_t block, std::uint64_t page) const {
  if (block >= state_->blocks.size()) return std::optional<std::uint64_t>();
  const auto found = state_->blocks[block].next_data(page);
  if (auto status = check_readable(); !status) return std::move(status.error());
  return found;
}

Result<std::uint64_t> PageIndex::count(std::uint32_t block) const {
  if (block >= state_->blocks.size()) return std::uint64_t{0};
  const std::uint64_t pages = state_->blocks[block].count();
  if (auto status = check_readable(); !status) return std::move(status.error());
  return pages;
}

Result<StoredPage> PageIndex::base_of(const StoredPage& delta) const {
  const StoredPage base = state_->page_of(PageNumber::of_bits(delta.base));
  if (const Status& status = state_->records.status(); !status) return status.error();
  return base;
}

Status PageIndex::read_kept(std::uint64_t position, MutableBytes to) const {
  return state_->records.read_kept(position, to);
}

bool PageIndex::has_pages(std::uint32_t block) const {
  return block < state_->has_pages.size() && state_->has_pages[block];
}

bool PageIndex::sent_elsewhere() const { return state_->channels.sent_elsewhere(state_->now()); }

std::uint64_t PageIndex::page_size() const { return state_->now().page_size_or_default(); }

std::size_t PageIndex::bytes() const { return state_->bytes; }

}  // namespace qember::vm
