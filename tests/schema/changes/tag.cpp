// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

namespace probe {

Change change() {
  return {"QemuFile.top[1].min.contents.ramsec[0].pagelist[0]", [] {
            auto page = asn1::Value<asn1::FullPage>::make();
            page->set_addr(0);
            page->set_data(qember::Bytes(4096));
            return comes_back(*page) && asn1::encode(*page)->at(2) == 0x51;
          }};
}

}  // namespace probe
