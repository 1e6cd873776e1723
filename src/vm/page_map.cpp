// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/page_map.hpp>

#include "../event/mapped_ram.hpp"

#include <fmt/format.h>

#include <bit>

namespace qember::vm {
namespace {

constexpr std::size_t max_rounds = 1024;
// Bins of all blocks, and of one.
constexpr std::uint64_t max_bins = 65536;
constexpr std::uint64_t max_block_bins = 16384;
constexpr std::uint64_t min_block_bins = 16;
constexpr std::size_t bin_bytes = 96;  // a node of the map

PageForm form_of(event::RamPageKind kind) {
  switch (kind) {
    case event::RamPageKind::zero: return PageForm::zero;
    case event::RamPageKind::xbzrle: return PageForm::delta;
    case event::RamPageKind::full:
    case event::RamPageKind::compressed: break;
  }
  return PageForm::full;
}

/// `Counts`: of a bin or a round. Null for what was never sent.
template <class Counts>
std::uint64_t* count_of(Counts& counts, PageForm form) {
  switch (form) {
    case PageForm::unsent: break;
    case PageForm::zero: return &counts.zero;
    case PageForm::full: return &counts.full;
    case PageForm::delta: return &counts.delta;
  }
  return nullptr;
}

}  // namespace

PageBin& PageBin::operator+=(const PageBin& other) {
  zero += other.zero;
  full += other.full;
  delta += other.delta;
  again += other.again;
  resent += other.resent;
  return *this;
}

RoundTally& RoundTally::operator+=(const RoundTally& next) {
  last = next.last;
  zero += next.zero;
  full += next.full;
  delta += next.delta;
  resent += next.resent;
  bytes += next.bytes;
  return *this;
}

void PageMap::on(const event::RamBlocks& list) {
  blocks_.clear();
  for (const event::RamBlock& block : list.blocks) blocks_.push_back({block.name, block.length, 0, 1, {}});
  pages_.note(list);
  again_.note(list);
  bins_ = 0;
  measured_ = false;
}

void PageMap::finish() {
  measure();
  // A mapped-ram file names the pages that are not zero, and no others.
  if (!context_.session().mapped_ram()) return;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    BlockMap& block = blocks_[i];
    if (event::is_left_out(context_.session().blocks()[i])) continue;
    for (std::uint64_t first = 0; first < block.pages; first += block.bin_pages) {
      PageBin& bin = block.bins[first / block.bin_pages];
      bin.zero += std::min(block.bin_pages, block.pages - first) - bin.sent();
    }
  }
}

void PageMap::measure() {
  if (std::exchange(measured_, true)) return;
  const std::uint64_t bins =
      std::clamp(max_bins / std::max<std::uint64_t>(blocks_.size(), 1), min_block_bins, max_block_bins);
  for (BlockMap& block : blocks_) {
    block.pages = block.length / page_size() + (block.length % page_size() != 0 ? 1 : 0);
    block.bin_pages = std::bit_ceil((block.pages + bins - 1) / bins);
  }
}

void PageMap::next_round() {
  const std::uint64_t number = rounds_.empty() ? 1 : rounds_.back().last + 1;
  if (!rounds_.empty() && number - rounds_.back().first < rounds_joined_) {
    rounds_.back().last = number;
    return;
  }
  if (rounds_.size() == max_rounds) {
    for (std::size_t i = 0; i < max_rounds / 2; ++i) (rounds_[i] = rounds_[2 * i]) += rounds_[2 * i + 1];
    rounds_.resize(max_rounds / 2);
    rounds_joined_ *= 2;
  }
  rounds_.emplace_back().first = number;
  rounds_.back().last = number;
}

Status PageMap::on(const event::RamPage& page) {
  channels_.note(page);
  if (page.block >= blocks_.size() || page.addr >= blocks_[page.block].length) return {};
  measure();
  BlockMap& block = blocks_[page.block];
  const std::uint64_t number = pages_.number_of(page);
  const PageForm form = form_of(page.kind);
  const PageForm before = pages_.exchange(page.block, number, form);
  const auto [place, is_new] = block.bins.try_emplace(number / block.bin_pages);
  PageBin& bin = place->second;
  if (is_new) ++bins_;
  if (auto status = pages_.check_memory(again_.bytes() + bins_ * bin_bytes); !status) return status;
  if (auto* count = count_of(bin, before)) --*count;
  ++*count_of(bin, form);
  if (round_count_.begins(page, number)) next_round();
  RoundTally& round = rounds_.back();
  ++*count_of(round, form);
  round.bytes += page.data.size();
  if (before == PageForm::unsent) return {};
  if (again_.exchange(page.block, number, SentAgain::yes) == SentAgain::no) ++bin.again;
  ++bin.resent;
  ++round.resent;
  return {};
}

}  // namespace qember::vm
