// SPDX-License-Identifier: LGPL-2.1-or-later
/// POSTCOPY_RAM_DISCARD: pages whose content no longer counts.
#pragma once

#include <qember/advanced/event/session.hpp>

namespace qember::event {

struct Discard {
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  std::uint32_t block = 0;
  std::vector<Range> ranges;  ///< in bytes of the block, within it and of whole pages
};

/// Reads the payload of the command; an error has no place.
Result<Discard> read_discard(const Session& session, ByteView payload);

}  // namespace qember::event
