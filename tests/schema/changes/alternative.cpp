// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

namespace probe {

Change change() {
  return {{}, [] {
            auto entry = asn1::Value<asn1::VMStateEntries>::make();
            auto array = entry->make_array();
            array.append().set_note("new");
            array.append().set_new(7);
            array.append().set_int(8);
            return array[0].which() == asn1::VMStateEntries::Which::note &&
                   array[1].as_new() == qember::Integer(7) && comes_back(*entry);
          }};
}

}  // namespace probe
