// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/sink.hpp>

namespace qember::event {

Status Sink::take(std::span<const RamPage> pages) {
  for (const RamPage& page : pages)
    if (auto status = take(Event(page)); !status) return status;
  return {};
}

}  // namespace qember::event
