// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/final_ram.hpp>

#include "../event/discard.hpp"
#include "../event/inflate.hpp"
#include "../event/rule.hpp"
#include "../ram/xbzrle.hpp"
#include "../ram/zero.hpp"
#include "page_rules.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// Null for pages that were never sent, which nothing counts.
std::uint64_t* count_of(BlockTally& tally, PageContent content) {
  switch (content) {
    case PageContent::unsent: break;
    case PageContent::zero: return &tally.zero_pages;
    case PageContent::data: return &tally.data_pages;
    case PageContent::discarded: return &tally.discarded_pages;
  }
  return nullptr;
}

}  // namespace

Error FinalRam::refuse(Errc code, std::string expected, std::string found) const {
  return {code, context_.offset(), context_.path(), std::move(expected), std::move(found)};
}

Error FinalRam::place(Error error) const {
  error.offset = context_.offset();
  error.path = context_.path();
  return error;
}

Status FinalRam::on(const event::RamBlocks& list) {
  if (pages_.has_blocks())
    return place(broken(event::Rule::blocks_once, "one list of RAM blocks", "another"));
  pages_.note(list);
  discarded_.note(list);
  tallies_.resize(list.blocks.size());
  wanted_.resize(list.blocks.size());
  for (std::uint32_t i = 0; i < wanted_.size(); ++i) wanted_[i] = store_.wants(i);
  return {};
}

Status FinalRam::on(const event::RamPage& page) {
  channels_.note(page);
  const auto blocks = context_.session().blocks();
  if (page.block >= blocks.size() || !pages_.has(page.block))
    return place(broken(event::Rule::block_known, "a RAM block of the list", fmt::to_string(page.block)));
  if (page.addr >= blocks[page.block].length)
    return place(broken(event::Rule::page_within,
                        fmt::format("an address below {:#x}", blocks[page.block].length),
                        fmt::format("{:#x}", page.addr)));
  tallies_[page.block].add(page);
  if (!wanted_[page.block]) return {};
  if (auto status = check_memory(); !status) return status;
  switch (page.kind) {
    case event::RamPageKind::zero: break;
    case event::RamPageKind::full: return write(page, page.data);
    case event::RamPageKind::xbzrle: return apply_delta(page);
    case event::RamPageKind::compressed: return inflate(page);
  }
  if (page.fill == 0) return clear(page);
  scratch_.assign(page_size(), page.fill);
  return write(page, scratch_);
}

PageContent FinalRam::settle(const event::RamPage& page, PageContent content) {
  BlockTally& tally = tallies_[page.block];
  const std::uint64_t number = pages_.number_of(page);
  PageContent before = pages_.exchange(page.block, number, content);
  if (before == PageContent::unsent && discarded_.has_states(page.block))
    before = discarded_.exchange(page.block, number, PageContent::unsent);
  if (before == PageContent::zero || before == PageContent::data) ++tally.resent;
  if (auto* count = count_of(tally, before)) --*count;
  ++*count_of(tally, content);
  return before;
}

Status FinalRam::clear(const event::RamPage& page) {
  if (settle(page, PageContent::zero) != PageContent::data) return {};
  const std::uint64_t length = context_.session().blocks()[page.block].length;
  return store_.clear(page.block, page.addr, std::min(page_size(), length - page.addr));
}

Status FinalRam::write(const event::RamPage& page, ByteView data) {
  if (ram::is_zero(data)) return clear(page);
  settle(page, PageContent::data);
  // The last page of a block may be cut.
  const std::uint64_t length = context_.session().blocks()[page.block].length;
  return store_.write(page.block, page.addr,
                      data.first(std::min<std::uint64_t>(data.size(), length - page.addr)));
}

Status FinalRam::apply_delta(const event::RamPage& page) {
  const PageContent base = pages_.get(page.block, pages_.number_of(page));
  if (base != PageContent::zero && base != PageContent::data) return refuse_delta(context_, page.addr);
  scratch_.assign(page_size(), 0);
  if (base == PageContent::data) {
    const std::uint64_t length = context_.session().blocks()[page.block].length;
    const auto kept =
        MutableBytes(scratch_).first(std::min<std::uint64_t>(scratch_.size(), length - page.addr));
    if (auto status = store_.read(page.block, page.addr, kept); !status) return status;
  }
  if (auto status = ram::xbzrle_apply(page.data, scratch_); !status)
    return refuse(status.error().code, std::move(status.error().expected), std::move(status.error().found));
  return write(page, scratch_);
}

Status FinalRam::inflate(const event::RamPage& page) {
  scratch_.resize(page_size());
  if (auto status = event::inflate(page.data, scratch_); !status) return place(std::move(status.error()));
  return write(page, scratch_);
}

Status FinalRam::on(const event::Command& command) {
  if (command.id != static_cast<std::uint16_t>(event::CommandId::postcopy_ram_discard)) return {};
  auto discarded = event::read_discard(context_.session(), command.payload);
  if (!discarded) return place(std::move(discarded.error()));
  if (!pages_.has(discarded->block))
    return place(broken(event::Rule::discard_block, "a listed block", "a block of another list"));
  for (const auto& [begin, end] : discarded->ranges)
    if (auto status = discard(discarded->block, begin, end); !status) return status;
  return {};
}

/// Bytes [begin, stop) of the block, which are whole pages in it.
Status FinalRam::discard(std::uint32_t index, std::uint64_t begin, std::uint64_t stop) {
  if (!wanted_[index] || begin == stop) return {};
  const std::uint64_t size = page_size();
  std::uint64_t first = 0;  // of the neighbours that are discarded, up to `end`
  std::uint64_t end = 0;
  Status status;
  const auto clear_store = [&] {
    if (end != first && status)
      status = store_.clear(index, first * size, std::min(end * size, stop) - first * size);
  };
  // Only what was sent is there to be discarded, and is met once: a range may claim any size.
  pages_.clear(index, begin / size, stop / size + (stop % size != 0 ? 1 : 0),
               [&](std::uint64_t page, std::uint64_t count, PageContent before) {
                 *count_of(tallies_[index], before) -= count;
                 tallies_[index].discarded_pages += count;
                 discarded_.assign(index, page, count, PageContent::discarded);
                 if (page != end) {
                   clear_store();
                   first = page;
                 }
                 end = page + count;
               });
  clear_store();
  return status ? check_memory() : status;
}

}  // namespace qember::vm
