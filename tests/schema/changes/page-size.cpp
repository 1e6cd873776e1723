// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

namespace probe {

Change change() {
  return {{}, [] {
            auto page = asn1::Value<asn1::FullPage>::make();
            page->set_addr(0);
            page->set_data(qember::Bytes(4096));
            const bool refused = !asn1::encode(*page).ok();
            page->set_data(qember::Bytes(16384));
            return refused && comes_back(*page);
          }};
}

}  // namespace probe
