// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the list of RAM blocks in a native stream says of each depends on what the head of the stream says.
#pragma once

#include <qember/advanced/event/session.hpp>

namespace qember::event {

/// A block page size is not marked: it is a be64 that POSTCOPY_ADVISE has announced.
bool is_advised_page_size(std::uint64_t value, const Session& session);

/// That a native stream can have these blocks behind such a head, so that what is written is read again. The
/// error has no place.
Status check_block_list(const Session& session, std::span<const RamBlock> blocks);

}  // namespace qember::event
