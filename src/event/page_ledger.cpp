// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/page_ledger.hpp>

#include <fmt/format.h>

namespace qember::event {

Error refuse_page_notes(const Context& context, std::size_t most) {
  return {Errc::limit, context.offset(), context.path(),
          fmt::format("max_page_states: notes on pages in at most {} bytes", most), "pages that take more"};
}

}  // namespace qember::event
