// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pc_streams.hpp"

namespace qember::test {

NativeBuilder head_of(const std::string& machine) {
  NativeBuilder to;
  if (machine.empty()) return to.command(3, Bytes{0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x10, 0});
  return to.configuration(machine, page_size);
}

Bytes ended(NativeBuilder& to) { return to.eos().footer(1).ended(1).eof().bytes(); }

}  // namespace qember::test
