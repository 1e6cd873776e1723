// SPDX-License-Identifier: LGPL-2.1-or-later
// Sections as no QEMU writes them: carried all the same, or refused.
#include "support/escapes.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("an END that is missing comes back; START twice, a second list and a PART after END are refused") {
  comes_back(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000).eos().footer(1).device(3, "dev", three).eof());
  is_refused(ram().ram(1, {"b"}, 0x2000).part(1).zero("b", 0).eos().footer(1).eof(), "wrong_order");
  is_refused(head().ram(1, {"a"}, 0x1000).ram(2, {"b"}, 0x1000).part(2).zero("b", 0).eos().footer(2).eof(),
             "wrong_order");
  is_refused(ram().ended(1).ram(1, {"pc.ram"}, 0x4000).ended(1).eof(), "wrong_order");
  is_refused(ram().ended(1).ended(1).eof(), "wrong_order");
  is_refused(ram().ended(1).part(1).zero("pc.ram", 0).eos().footer(1).eof(), "wrong_order");
  is_carried_by(ram().part(1).eos().footer(1).end(1).eos().footer(1).eof(), "1 0(1)");
}

TEST_CASE("ids that are large, the same for several sections, or the id of `ram` come back") {
  comes_back(head()
                 .ram(0xffffffff, {"a"}, 0x1000)
                 .part(0xffffffff)
                 .zero("a", 0)
                 .eos()
                 .footer(0xffffffff)
                 .device(0xffffffff, "dev", three, 0xffffffff, 0xffffffff)
                 .device(0, "dev", three)
                 .device(0, "dev", three)
                 .eof());
  comes_back(ram()
                 .device(1, "dev", three)
                 .device(1, "other", three)
                 .part(1)
                 .zero("pc.ram", 0)
                 .eos()
                 .footer(1)
                 .end(1)
                 .eos()
                 .footer(1)
                 .device(1, "dev", three)
                 .eof());
  is_carried_by(head().device(0xffffffff, "dev", three, 0xffffffff, 0xffffffff).eof(), "1");
}

TEST_CASE("streams without footers come back") {
  NativeBuilder described = head();
  described.footers = false;
  described.ram(1, {"a"}, 0x4000).part(1).zero("a", 0).eos().end(1).eos();
  NativeBuilder undescribed = described;
  described.device(7, "dev", dev_state(), 0, 2)
      .device(0, "old", old_state(), 3)
      .eof()
      .description(small_description(4096));
  comes_back(described);
  comes_back(undescribed.device(7, "dev", three).device(8, "other", three).eof());
  NativeBuilder devices;
  devices.footers = false;
  comes_back(devices.device(7, "dev", dev_state(), 0, 2)
                 .device(0, "old", old_state(), 3)
                 .eof()
                 .description(small_description()));
  is_carried_by(described, "1 9 0(1) 3");
  is_carried_by(undescribed, "1 9 0(1) 8");
}
