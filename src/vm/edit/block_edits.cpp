// SPDX-License-Identifier: LGPL-2.1-or-later
#include "block_edits.hpp"

#include "../../event/discard.hpp"
#include "refusal.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// The block that an edit names; null where it is no edit of a block.
const std::string* block_of(const Edit& edit) {
  if (const auto* resize = std::get_if<ResizeBlock>(&edit)) return &resize->block;
  if (const auto* rename = std::get_if<RenameBlock>(&edit)) return &rename->block;
  const auto* drop = std::get_if<DropBlock>(&edit);
  return drop == nullptr ? nullptr : &drop->block;
}

Error refuse_length(std::uint64_t page_size, std::uint64_t length) {
  return refuse_edit("resize-block",
                     fmt::format("a length that is a multiple of the page size, {}", page_size),
                     fmt::to_string(length));
}

}  // namespace

BlockEdits::BlockEdits(std::span<const Edit> edits) {
  for (const Edit& each : edits)
    if (const std::string* const block = block_of(each)) changes_.push_back({&each, Closest(*block)});
}

/// By the name that it had; false where it goes.
bool BlockEdits::change(event::RamBlock& block) {
  const std::string name = block.name;
  bool stays = true;
  for (Change& each : changes_) {
    each.closest.consider(name);
    if (*block_of(*each.edit) != name) continue;
    each.is_done = true;
    if (const auto* resize = std::get_if<ResizeBlock>(each.edit)) block.length = resize->length;
    if (const auto* rename = std::get_if<RenameBlock>(each.edit)) block.name = rename->name;
    stays &= !std::holds_alternative<DropBlock>(*each.edit);
  }
  return stays;
}

Result<std::vector<event::RamBlock>> BlockEdits::apply(std::span<const event::RamBlock> blocks,
                                                       std::uint64_t page_size) {
  std::vector<event::RamBlock> list;
  for (const event::RamBlock& each : blocks) {
    event::RamBlock block = each;
    if (!empty() && block.mapped)
      return Error{Errc::unsupported, 0, "blocks",
                   "edits of RAM blocks of a stream that holds pages in order", "a mapped-ram file"};
    Fate fate;
    if (change(block)) {
      if (block.length != each.length && block.length % page_size != 0)
        return refuse_length(page_size, block.length);
      fate = {static_cast<std::uint32_t>(list.size()), block.name, block.length};
      list.push_back(std::move(block));
    }
    fates_.push_back(std::move(fate));
  }
  return list;
}

Result<bool> BlockEdits::apply(event::RamPage& page, std::uint64_t size) {
  const Fate& fate = fates_[page.block];
  if (!fate.index || page.addr >= fate.length) return false;
  if (size > fate.length - page.addr) return refuse_length(size, fate.length);
  page.block = *fate.index;
  // The page before it, whose block it had, may be gone.
  page.names_block |= last_ != page.block;
  last_ = page.block;
  return true;
}

Result<std::optional<Bytes>> BlockEdits::apply_discard(const event::Session& session,
                                                       ByteView payload) const {
  const auto discard = event::read_discard(session, payload);
  if (!discard) return discard.error();
  const Fate& fate = fates_[discard->block];
  if (!fate.index) return std::optional<Bytes>();
  for (const event::Discard::Range& each : discard->ranges)
    if (each.end > fate.length)
      return refuse_edit("resize-block", "a block of which the stream discards no page beyond its length",
                         fmt::format("{:#x}", each.end));
  const std::size_t name = payload[1];
  Bytes made{payload[0], static_cast<std::uint8_t>(fate.name.size())};
  made.insert(made.end(), fate.name.begin(), fate.name.end());
  made.insert(made.end(), payload.begin() + static_cast<std::ptrdiff_t>(2 + name), payload.end());
  return std::optional(std::move(made));
}

Status BlockEdits::missed() const {
  for (const Change& each : changes_)
    if (!each.is_done)
      return refuse_edit(to_words(*each.edit).first, "the RAM block " + *block_of(*each.edit),
                         "none" + each.closest.hint());
  return {};
}

}  // namespace qember::vm
