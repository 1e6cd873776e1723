// SPDX-License-Identifier: LGPL-2.1-or-later
// Walks of page tables that are made here, mode by mode, by the architectures' manuals.
#include <qember/advanced/vm/mappings.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <map>

using namespace qember;
using namespace qember::vm;

namespace {

/// Guest memory that holds page tables alone.
class Tables {
 public:
  explicit Tables(std::string_view architecture, std::size_t size = 8) : size_(size) {
    cpu_.architecture = architecture;
    is_big_endian_ = architecture == "s390x";
  }
  Tables& set(const std::string& name, std::uint64_t value) {
    cpu_.registers.push_back({name, "", device::RegisterSet::control, 64, value, 0});
    return *this;
  }
  Tables& put(std::uint64_t at, std::uint64_t entry) {
    entries_[at] = entry;
    return *this;
  }

  Result<Translation> walk(std::uint64_t address) const {
    return translate(cpu_, address, [this](std::uint64_t at, MutableBytes to) { return read(at, to); });
  }
  /// All that the kernel has mapped, as VIRTUAL=PHYSICAL+SIZE, or the error.
  std::string mapped() const {
    const auto found =
        kernel_mappings(cpu_, [this](std::uint64_t at, MutableBytes to) { return read(at, to); });
    if (!found) return to_string(found.error());
    std::string text;
    for (const Mapping& each : *found)
      text += fmt::format("{}{:x}={:x}+{:x}", text.empty() ? "" : " ", each.virtual_address, each.address,
                          each.size);
    return text;
  }
  /// The guest-physical address, or the error's code.
  std::string at(std::uint64_t address) const {
    const auto found = walk(address);
    return found ? std::to_string(found->address) : std::string(name_of(found.error().code));
  }

 private:
  Status read(std::uint64_t at, MutableBytes to) const {
    const auto found = entries_.find(at);
    if (found == entries_.end() || to.size() != size_)
      return Error{Errc::unsupported, 0, "memory", "an entry", std::to_string(at)};
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::size_t shift = 8 * (is_big_endian_ ? to.size() - 1 - i : i);
      to[i] = static_cast<std::uint8_t>(found->second >> shift);
    }
    return {};
  }

  device::CpuRegisters cpu_;
  std::map<std::uint64_t, std::uint64_t> entries_;
  std::size_t size_;
  bool is_big_endian_ = false;
};

std::string number(std::uint64_t address) { return std::to_string(address); }

constexpr std::uint64_t paging = 0x8000'0001;

}  // namespace

TEST_CASE("x86 without paging has the address itself") {
  Tables real("i386");
  real.set("cr0", 0x10);
  CHECK(real.at(0x7c01) == number(0x7c01));
  CHECK(real.walk(0x7c01)->size == 0x3ff);
  CHECK(real.at(0x1'0000'0000) == "usage");
  real.set("a20_mask", 0xffef'ffff);
  CHECK(real.at(0x10'0008) == number(8));
}

TEST_CASE("x86 of 32 bits has two levels, and pages of 4 MiB") {
  Tables tables("i386", 4);
  tables.set("cr0", paging).set("cr4", 0x10).set("cr3", 0x1018);
  tables.put(0x1000 + 4 * 0x300, 0x2067).put(0x2000 + 4 * 5, 0x7f'f063).put(0x1000 + 4, 0x00c0'60e3);
  tables.put(0x1000 + 4 * 2, 0);
  CHECK(tables.at(0xc000'5123) == number(0x7f'f123));
  CHECK(tables.walk(0xc000'5123)->size == 0xedd);
  CHECK(tables.at(0x0040'1234) == number(0x3'00c0'1234));  // PSE-36
  CHECK(tables.at(0x0080'0000) == "usage");
  CHECK(tables.at(0xc000'6000) == "unsupported");  // what reading said
}

TEST_CASE("x86 with PAE has three levels, and pages of 2 MiB") {
  Tables tables("x86_64");
  tables.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1020).set("efer", 0);
  tables.put(0x1020 + 8 * 3, 0x2001).put(0x2000, 0x3003).put(0x3000 + 8, 0x8000'0001'2345'6003);
  tables.put(0x2008, 0x4000'00e3);
  CHECK(tables.at(0xc000'1010) == number(0x1'2345'6010));
  CHECK(tables.at(0xc020'0010) == number(0x4000'0010));
  CHECK(tables.walk(0xc020'0010)->size == 0x1f'fff0);
}

TEST_CASE("x86 in long mode has four levels or five") {
  Tables tables("x86_64");
  tables.set("cr0", paging).set("efer", 0x500).set("cr3", 0x1000);
  tables.put(0x1000 + 8 * 511, 0x2063).put(0x2000 + 8 * 510, 0x3063).put(0x3000, 0x1e3);
  tables.put(0x3008, 0x4063).put(0x4000, 0x5163).put(0x2000, 0x4000'00e3);
  CHECK(tables.at(0xffff'ffff'8000'0123) == number(0x123));
  CHECK(tables.at(0xffff'ffff'8020'0123) == number(0x5123));
  CHECK(tables.at(0xffff'ff80'0000'0001) == number(0x4000'0001));
  CHECK(tables.at(0x0000'8000'0000'0000) == "usage");
  tables.set("cr4", 0x1000).put(0x1000, 0x1003);  // the same table once more
  CHECK(tables.at(0xff80'0000'0001) == number(0x4000'0001));
  CHECK(tables.at(0x0100'0000'0000'0000) == "usage");
}

TEST_CASE("aarch64 has two halves, with granules of their own") {
  Tables tables("aarch64");
  // 39 bits below with 4 KiB, 48 above with 64 KiB.
  tables.set("pstate", 5).set("sctlr_el1", 1).set("tcr_el1", 25 | 16U << 16U | std::uint64_t{3} << 30U);
  tables.set("ttbr0_el1", 0x1001).set("ttbr1_el1", 0x10'0000);
  tables.put(0x1008, 0x2003).put(0x2008, 0x4020'0401).put(0x2000, 0x3003).put(0x3000, 0x5403);
  tables.put(0x1010, 0xc000'0401).put(0x3008, 0x5401);
  CHECK(tables.at(0x4020'1234) == number(0x4020'1234));
  CHECK(tables.at(0x4000'0234) == number(0x5234));
  CHECK(tables.at(0x8123'4567) == number(0xc123'4567));
  CHECK(tables.at(0x4000'1000) == "usage");  // the last level has no blocks
  CHECK(tables.at(0x80'0000'0000) == "usage");
  tables.put(0x10'0000 + 8 * 63, 0x20'0003).put(0x20'0000, 0x6000'0401);
  CHECK(tables.at(0xffff'fc00'0000'0010) == number(0x6000'0010));
  CHECK(tables.walk(0xffff'fc00'0000'0010)->size == 0x2000'0000 - 0x10);
}

TEST_CASE("aarch64 names what it cannot do") {
  const auto found = [](std::uint64_t pstate, std::uint64_t tcr, std::uint64_t hcr) {
    Tables tables("aarch64");
    tables.set("pstate", pstate).set("sctlr_el1", 1).set("tcr_el1", tcr).set("hcr_el2", hcr);
    const auto walked = tables.walk(0x1000);
    return walked ? "" : walked.error().found;
  };
  CHECK(found(9, 25, 0) == "EL2");
  CHECK(found(5, 25, 1) == "a second stage");
  CHECK(found(5, 25 | std::uint64_t{6} << 32U, 0) == "addresses of 52 bits");
  CHECK(found(5, 48 | 1U << 14U, 0) == "TCR_EL1 0x4030");  // no bits for a table of 64 KiB
  CHECK(Tables("aarch64").at(0) == "unsupported");
  Tables off("aarch64");
  off.set("pstate", 5).set("sctlr_el1", 0).set("tcr_el1", 0);
  CHECK(off.at(0x4000'0000) == number(0x4000'0000));
}

TEST_CASE("riscv64 has three levels or more, megapages, and pages of 64 KiB by Svnapot") {
  Tables tables("riscv64");
  tables.set("priv", 1).set("satp", std::uint64_t{8} << 60U | 1);
  tables.put(0x1000 + 8 * 511, 2 << 10U | 1U).put(0x2000, 0x80200 << 10U | 0xfU).put(0x2008, 3 << 10U | 1U);
  tables.put(0x3000, std::uint64_t{1} << 63U | 0x8'0008 << 10U | 0xfU).put(0x3018, 0x9'9999 << 10U | 3U);
  tables.put(0x2010, 0x80201 << 10U | 0xfU).put(0x1000, 0);
  CHECK(tables.at(0xffff'ffff'c000'1234) == number(0x8020'1234));
  CHECK(tables.at(0xffff'ffff'c020'0034) == number(0x8000'0034));
  CHECK(tables.at(0xffff'ffff'c020'3034) == number(0x9999'9034));
  CHECK(tables.at(0xffff'ffff'c040'0000) == "usage");  // misaligned
  CHECK(tables.at(0x0000'0000'0000'0000) == "usage");
  CHECK(tables.at(0x0000'0040'0000'0000) == "usage");
  Tables machine("riscv64");
  machine.set("priv", 3).set("satp", std::uint64_t{8} << 60U | 1);
  CHECK(machine.at(0x8000'0000) == number(0x8000'0000));
  machine.set("virt", 1);
  CHECK(machine.at(0x8000'0000) == "unsupported");
}

TEST_CASE("s390x translates by the space that the PSW names, and prefixes") {
  Tables tables("s390x");
  tables.set("pswm", std::uint64_t{1} << 58U).set("prefix", 0x10'0000).set("cr0", 0x80'0000);
  tables.set("cr1", 0x4000 | 4U | 3U);  // a region-third table, whole
  tables.put(0x4000, 0x8000 | 4U | 3U).put(0x8000, 0x1'0000).put(0x8008, 0x50'0400).put(0x1'0008, 0x7000);
  tables.put(0x1'0010, 0).put(0x1'0018, 0x400);
  CHECK(tables.at(0x1234) == number(0x7234));
  CHECK(tables.at(0x2010) == number(0x10'0010));  // real 0x10
  CHECK(tables.at(0x3000) == "usage");
  CHECK(tables.at(0x10'1234) == number(0x50'1234));
  CHECK(tables.walk(0x10'1234)->size == 0xf'edcc);  // to the end of the large page
  CHECK(tables.at(std::uint64_t{1} << 42U) == "usage");
  Tables real("s390x");
  real.set("pswm", 0).set("prefix", 0x10'0000);
  CHECK(real.at(0x1000) == number(0x10'1000));
  CHECK(real.at(0x10'1000) == number(0x1000));
  CHECK(real.at(0x20'0000) == number(0x20'0000));
  Tables access("s390x");
  access.set("pswm", std::uint64_t{1} << 58U | std::uint64_t{1} << 46U);
  CHECK(access.at(0) == "unsupported");
}

TEST_CASE("other CPUs are refused by their names") {
  const auto refused = Tables("m68k").walk(0);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unsupported);
  CHECK(refused.error().found == "m68k");
}

TEST_CASE("x86-64: what the kernel has mapped is the upper half, joined") {
  Tables tables("x86_64");
  tables.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1000).set("efer", 0x500);
  // A process; then two pages of 1 GiB, one of 2 MiB that follows the second, and three of 4 KiB at the end.
  tables.put(0x1000, 0x2003).put(0x1000 + 8 * 256, 0x3003).put(0x1000 + 8 * 511, 0x4003);
  tables.put(0x3000, 0x0000'0083).put(0x3008, 0x8000'0083).put(0x3010, 0x5003).put(0x5000, 0xc000'0083);
  tables.put(0x4000 + 8 * 511, 0x6003).put(0x6000 + 8 * 511, 0x7003);
  tables.put(0x7000 + 8 * 509, 0x9003).put(0x7000 + 8 * 510, 0xa003).put(0x7000 + 8 * 511, 0x9003);
  CHECK(tables.mapped() ==
        "ffff800000000000=0+40000000 ffff800040000000=80000000+40200000 ffffffffffffd000=9000+2000 "
        "fffffffffffff000=9000+1000");
}

TEST_CASE("no mappings where translation is off") {
  Tables real("x86_64");
  real.set("cr0", 0x10);
  CHECK(real.mapped() == "");
  Tables bare("riscv64");
  bare.set("satp", 0).set("priv", 1);
  CHECK(bare.mapped() == "");
}

TEST_CASE("page tables that lead back to themselves, and to nowhere, are bounded") {
  Tables loop("x86_64");
  loop.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1000).set("efer", 0x500);
  for (std::uint64_t i = 0; i < 512; ++i) loop.put(0x1000 + 8 * i, 0x1003);
  CHECK(loop.mapped().find("most_mappings: at most 60000 runs of pages") != std::string::npos);
  Tables empty("x86_64");
  empty.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1000).set("efer", 0x500);
  for (std::uint64_t i = 0; i < 512; ++i)
    empty.put(0x1000 + 8 * i, 0x2003)
        .put(0x2000 + 8 * i, 0x3003)
        .put(0x3000 + 8 * i, 0x4003)
        .put(0x4000 + 8 * i, 0);
  CHECK(empty.mapped().find("most_mapped_pages: at most 1048576 pages and gaps") != std::string::npos);
  Tables nowhere("x86_64");
  nowhere.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x000f'ffff'ffff'f000).set("efer", 0x500);
  CHECK(nowhere.mapped() == "");
}

TEST_CASE("mappings that do not join are bounded") {
  Tables tables("x86_64");
  tables.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1000).set("efer", 0x500);
  // One table of pages, every other one there, under all entries of the others.
  for (std::uint64_t i = 0; i < 512; ++i) {
    tables.put(0x1000 + 8 * i, 0x2003).put(0x2000 + 8 * i, 0x3003).put(0x3000 + 8 * i, 0x4003);
    tables.put(0x4000 + 8 * i, i % 2 == 0 ? 0x5003 : 0);
  }
  CHECK(tables.mapped().find("most_mappings: at most 60000 runs of pages") != std::string::npos);
}

TEST_CASE("aarch64, riscv64, s390x: what the kernel has mapped") {
  Tables sv39("riscv64");
  sv39.set("satp", std::uint64_t{8} << 60U | 1).set("priv", 1);
  sv39.put(0x1000 + 8 * 256, 0x8000'0000U >> 2U | 0xf).put(0x1000 + 8 * 511, 0x2000U >> 2U | 1);
  sv39.put(0x2000 + 8 * 511, 0x8020'0000U >> 2U | 0xf);
  CHECK(sv39.mapped() == "ffffffc000000000=80000000+40000000 ffffffffffe00000=80200000+200000");
  Tables el1("aarch64");
  el1.set("sctlr_el1", 1).set("tcr_el1", std::uint64_t{25} << 16U | std::uint64_t{2} << 30U | 25);
  el1.set("ttbr1_el1", 0x1000).set("pstate", 5);
  el1.put(0x1000, 0x4000'0701).put(0x1008, 0x8000'0701);
  CHECK(el1.mapped() == "ffffff8000000000=40000000+80000000");
  Tables z("s390x");
  z.set("pswm", std::uint64_t{1} << 58U).set("cr1", 0x1003 | 0).set("cr0", 1U << 23U).set("prefix", 0x4000);
  z.put(0x1000, 0x0400).put(0x1008, 0x0010'0400);
  CHECK(z.mapped() == "0=4000+2000 2000=2000+2000 4000=0+2000 6000=6000+1fa000");
  Tables home("s390x");  // as Linux has its own space; the primary one has a level more
  home.set("pswm", std::uint64_t{1} << 58U | std::uint64_t{3} << 46U).set("cr1", 0x9003 | 4U);
  home.set("cr13", 0x1003).set("cr0", 1U << 23U).set("prefix", 0x8000'0000).put(0x1000, 0x10'0400);
  CHECK(home.mapped() == "0=100000+100000");
}

TEST_CASE("x86 with A20 off: a large page is none of one piece") {
  Tables tables("x86_64");
  tables.set("cr0", paging).set("cr4", 0x20).set("cr3", 0x1000).set("efer", 0x500);
  tables.set("a20_mask", 0xffef'ffff);
  tables.put(0x1000 + 8 * 511, 0x2003).put(0x2000 + 8 * 511, 0x3003).put(0x3000 + 8 * 511, 0x0040'0083);
  CHECK(tables.mapped() == "ffffffffffe00000=400000+100000 fffffffffff00000=400000+100000");
}
