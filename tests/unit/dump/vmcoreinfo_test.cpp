// SPDX-License-Identifier: LGPL-2.1-or-later
// What Linux's VMCOREINFO tells of where the kernel is.
#include "dump/vmcoreinfo.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace qember;

TEST_CASE("VMCOREINFO tells where the page tables of arm64's kernel begin") {
  const std::string table = "SYMBOL(swapper_pg_dir)=ffffb88f22470000\n";
  const std::string offset = "NUMBER(kimage_voffset)=0xffffb88ee0800000\n";
  CHECK(dump::kernel_page_table("OSRELEASE=6.12\n" + table + offset) == 0x41c70000U);
  CHECK_FALSE(dump::kernel_page_table(table));
  CHECK_FALSE(dump::kernel_page_table(offset));
  CHECK_FALSE(dump::kernel_page_table(table + "NUMBER(kimage_voffset)=none\n"));
}
