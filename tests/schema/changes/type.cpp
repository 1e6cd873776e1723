// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

namespace probe {

Change change() {
  return {{}, [] {
            auto section = asn1::Value<asn1::Sections>::make();
            auto table = section->make_table();
            auto row = table.rows().append();
            row.set_row_key(1);
            row.value().set_on(true);
            row = table.rows().append();
            row.set_row_key(2);
            row.value().set_off();
            auto parent = table.make_parent();
            parent.set_operator("them");
            const bool read =
                table.has_parent() && !table.has_operator() && table.parent().operator_() == "them" &&
                table.rows()[1].value().which() == asn1::DeviceTable::RowsElement::Value::Which::off &&
                !table.level();
            const bool back = comes_back(*section);
            table.clear_parent();
            return read && back && !table.has_parent() && comes_back(*section);
          }};
}

}  // namespace probe
