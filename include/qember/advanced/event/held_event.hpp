// SPDX-License-Identifier: LGPL-2.1-or-later
/// An event that owns what it has views of, and its place.
#pragma once

#include <qember/advanced/event/context.hpp>

namespace qember::event {

/// For all but pages and what else a mapped-ram file has, and lists of blocks, which are never held.
struct HeldEvent {
  Event event;
  std::string name;
  Bytes bytes;
  std::uint64_t offset = 0;
  std::string path;

  HeldEvent() = default;
  HeldEvent(Event from, std::uint64_t offset, std::string path);

  /// The event, whose views are those of this; valid as long as this stays where it is.
  const Event& view();
  /// Bytes of memory that it takes.
  std::size_t size() const { return sizeof(HeldEvent) + name.capacity() + path.capacity() + bytes.size(); }
};

}  // namespace qember::event
