// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_presence.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "../event/mapped_ram.hpp"

#include <fmt/format.h>

namespace qember::vm {

Result<std::vector<std::uint32_t>> find_blocks(const event::Session& session,
                                               std::span<const std::string> names) {
  std::vector<std::uint32_t> found;
  for (const std::string& name : names) {
    const auto block = session.find_block(as_bytes(name));
    if (!block) {
      std::string listed;
      for (const event::RamBlock& each : session.blocks())
        listed += fmt::format("{}{:?}", listed.empty() ? "" : ", ", each.name);
      return Error{Errc::usage, 0, "block", fmt::format("one of {}", listed),
                   name + closest_block(name, session.blocks()).hint()};
    }
    found.push_back(*block);
  }
  return found;
}

std::optional<Absence> absence_of(const event::Session& session, const FinalRam& ram, std::uint32_t block) {
  return absence_of(session, block, ram.tallies()[block].records() != 0);
}

std::optional<Absence> absence_of(const event::Session& session, std::uint32_t block, bool has_pages) {
  const event::RamBlock& listed = session.blocks()[block];
  if (listed.length == 0 || has_pages) return {};
  if (event::is_left_out(listed) || (session.ignore_shared() && listed.address && !session.mapped_ram()))
    return Absence{"shared memory that was not sent (x-ignore-shared)", true};
  // A mapped-ram file names the pages that are not zero, and no others.
  if (session.mapped_ram()) return {};
  return Absence{"no page of it was sent", false};
}

PageCounts count_pages(const event::Session& session, const FinalRam& ram, std::uint32_t block) {
  const std::uint64_t page_size = session.page_size_or_default();
  const std::uint64_t length = session.blocks()[block].length;
  const BlockTally& tally = ram.tallies()[block];
  PageCounts counts{.total = length / page_size + (length % page_size != 0 ? 1 : 0),
                    .data = tally.data_pages,
                    .zero = tally.zero_pages,
                    .discarded = tally.discarded_pages};
  const std::uint64_t rest = counts.total - counts.data - counts.zero - counts.discarded;
  // A mapped-ram file leaves out the pages that are zero.
  const bool rest_is_zero = session.mapped_ram() && !absence_of(session, ram, block);
  (rest_is_zero ? counts.zero : counts.never_sent) += rest;
  return counts;
}

Status check_included(bool sent_elsewhere) {
  if (!sent_elsewhere) return {};
  return Error{Errc::unsupported, 0, "ram", "the pages of RAM", std::string(event::sent_elsewhere_text), {},
               "ram_included"};
}

Status check_included(const event::Session& session, const FinalRam& ram, const RamLayout& layout) {
  if (auto status = check_included(ram); !status) return status;
  return check_included(session.blocks(), layout,
                        [&](std::uint32_t block) { return absence_of(session, ram, block); });
}

Status check_included(std::span<const event::RamBlock> blocks, const RamLayout& layout,
                      const AbsenceOf& absence_of_block) {
  for (const PlacedRam& piece : layout.placed) {
    const auto absence = absence_of_block(piece.block);
    if (absence && (absence->has_contents || piece.source != PlaceSource::stream))
      return refuse_absent(blocks[piece.block], absence->reason);
  }
  return {};
}

std::uint64_t count_unsent(const event::Session& session, const FinalRam& ram, const RamLayout& layout) {
  std::uint64_t unsent = 0;
  std::vector<bool> is_counted(session.blocks().size());
  for (const PlacedRam& piece : layout.placed) {
    if (is_counted[piece.block]) continue;
    is_counted[piece.block] = true;
    const PageCounts counts = count_pages(session, ram, piece.block);
    unsent += counts.never_sent + counts.discarded;
  }
  return unsent;
}

Error refuse_absent(const event::RamBlock& block, std::string_view reason) {
  return {Errc::unsupported, 0, fmt::format("block {:?}", block.name), "pages in the stream",
          std::string(reason)};
}

}  // namespace qember::vm
