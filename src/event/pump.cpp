// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/pump.hpp>

#include <algorithm>

namespace qember::event {

Status pump(Source& source, std::span<Sink* const> sinks) {
  const bool in_batches = std::ranges::all_of(sinks, [](const Sink* sink) { return sink->takes_batches(); });
  std::array<RamPage, 64> room;
  for (;;) {
    if (const std::size_t count = in_batches ? source.next_pages(room) : 0; count != 0) {
      for (Sink* sink : sinks)
        if (auto status = sink->take(std::span<const RamPage>(room).first(count)); !status) return status;
      continue;
    }
    auto event = source.next();
    if (!event) return std::move(event.error());
    for (Sink* sink : sinks)
      if (auto status = sink->take(*event); !status) return status;
    if (std::holds_alternative<StreamEnd>(*event)) return {};
  }
}

}  // namespace qember::event
