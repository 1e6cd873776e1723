// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/rounds.hpp>

#include <algorithm>
#include <utility>

namespace qember::event {

void Rounds::note(const Command& command) {
  if (command.id != static_cast<std::uint16_t>(CommandId::postcopy_run)) return;
  in_order_ = false;
  switched_ = true;
}

Rounds::Chunk* Rounds::find(Place place) {
  if (last_ != nullptr && last_place_ == place) return last_;
  if (chunks_.size() == most_chunks && !chunks_.contains(place)) {
    exact_ = false;
    return nullptr;
  }
  last_place_ = place;
  return last_ = &chunks_[place];
}

bool Rounds::begins(const RamPage& page, std::uint64_t number) {
  if (page.kind == RamPageKind::compressed) in_order_ = false;
  const Place place{page.block, number};
  Chunk* const chunk = find({page.block, number / chunk_pages});
  if (chunk != nullptr && !in_order_ && chunk->round != count_) chunk->sent = {};
  const std::uint64_t bit = std::uint64_t{1} << (number % 64);
  std::uint64_t* const word = chunk == nullptr ? nullptr : &chunk->sent[number % chunk_pages / 64];
  const bool was_sent = word == nullptr ? in_order_ : (*word & bit) != 0;
  const bool is_behind = in_order_ && place > furthest_;
  const bool begins = count_ == 0 || std::exchange(switched_, false) || (was_sent && !is_behind);
  if (begins) ++count_;
  furthest_ = begins ? place : std::max(furthest_, place);
  if (chunk == nullptr) return begins;
  if (begins && !in_order_) chunk->sent = {};
  chunk->round = count_;
  *word |= bit;
  return begins;
}

}  // namespace qember::event
