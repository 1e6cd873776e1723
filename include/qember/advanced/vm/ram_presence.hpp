// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whether the RAM that a stream lists is in it.
#pragma once

#include <qember/advanced/vm/final_ram.hpp>
#include <qember/advanced/vm/ram_layout.hpp>

#include <string>

namespace qember::vm {

/// The places of `names` in the list of blocks; `Errc::usage` for a name that is not there.
Result<std::vector<std::uint32_t>> find_blocks(const event::Session& session,
                                               std::span<const std::string> names);

/// Why a block's pages are not in the stream.
struct Absence {
  std::string_view reason;
  bool has_contents = false;  ///< the guest has them, so that without them its memory is not whole
};

/// Nothing of a block whose pages are in the stream.
std::optional<Absence> absence_of(const event::Session& session, const FinalRam& ram, std::uint32_t block);

/// The same, by whether pages of the block came.
std::optional<Absence> absence_of(const event::Session& session, std::uint32_t block, bool has_pages);

/// A block's pages, by what they hold at the end of the stream.
struct PageCounts {
  std::uint64_t total = 0, data = 0, zero = 0, discarded = 0;
  std::uint64_t never_sent = 0;  ///< and not known to be zeroes
};

/// Counts the pages of a block that is kept. The last page may be a part of one.
PageCounts count_pages(const event::Session& session, const FinalRam& ram, std::uint32_t block);

/// Refuses a stream whose RAM went over other connections.
Status check_included(bool sent_elsewhere);
inline Status check_included(const FinalRam& ram) { return check_included(ram.sent_elsewhere()); }

/// The same, and RAM of the layout that is not in the stream; but not that of a device which says where its
/// memory is, as such is not sent until it is plugged in.
Status check_included(const event::Session& session, const FinalRam& ram, const RamLayout& layout);

/// The same, by what tells the absence of a block.
using AbsenceOf = std::function<std::optional<Absence>(std::uint32_t block)>;
Status check_included(std::span<const event::RamBlock> blocks, const RamLayout& layout,
                      const AbsenceOf& absence_of_block);

/// Pages of blocks in the layout that the stream does not hold.
std::uint64_t count_unsent(const event::Session& session, const FinalRam& ram, const RamLayout& layout);

/// `Errc::unsupported`, for a block that was asked for and is not in the stream.
Error refuse_absent(const event::RamBlock& block, std::string_view reason);

}  // namespace qember::vm
