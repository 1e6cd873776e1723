// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams of RAM made by hand, most to do harm: refused at the page that does, and no byte of memory changes.
#include "support/receiving_machine.hpp"
#include "support/written.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/qber/section_writer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;
using ram::PageKind;

namespace {

struct Listed {
  std::string name;
  std::uint64_t length;
};

class Forged {
 public:
  explicit Forged(const std::vector<Listed>& blocks, std::uint64_t named_page_size = page_size) {
    writer_.begin_file();
    if (named_page_size != 4096) {
      auto note = asn1::Value<asn1::SecFull>::make();
      note->set_name("qember");
      note->set_sectionid(0);
      note->set_instanceid(0);
      note->set_versionid(1);
      auto entries = note->contents().make_vmstate().make_vmstateentries();
      entries.append().set_int(6);
      entries.append().set_int(named_page_size);
      writer_.section(asn1::encode(*note).or_throw());
    }
    auto full = asn1::Value<asn1::SecFull>::make();
    full->set_name("ram");
    full->set_sectionid(0);
    full->set_instanceid(0);
    full->set_versionid(4);
    auto list = full->contents().make_ramblid();
    std::uint64_t total = 0;
    for (const Listed& block : blocks) {
      total += block.length;
      auto entry = list.blocks().append();
      entry.set_name(block.name);
      entry.set_len(block.length);
    }
    list.set_totalram(total);
    writer_.section(asn1::encode(*full).or_throw());
  }

  Forged& page(std::string_view block, PageKind kind, std::uint64_t addr, ByteView data = {}) {
    const ram::PageView page{kind, addr, data};
    return section(block, {&page, 1}, 0);
  }
  /// All in one section; `at` is of that one.
  Forged& section(std::string_view block, std::span<const ram::PageView> pages, std::size_t at) {
    writer_.begin_ram(0);
    writer_.begin_block(block);
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (i == at) at_ = bytes_of(output_).size();
      writer_.copy_page(pages[i]);
    }
    writer_.end_ram();
    return *this;
  }
  /// Where the last page begins, or the one that was asked for.
  std::size_t at() const { return at_; }
  Bytes end() {
    writer_.end_file().or_throw();
    return bytes_of(output_);
  }

 private:
  io::Output output_;
  qber::SectionWriter writer_{output_};
  std::size_t at_ = 0;
};

/// Refused with that code at that page, and no byte of memory was changed.
void check_refused(const Forged& made, ByteView ber, Errc code, std::size_t sections_before = 2) {
  Machine machine;
  const auto status = receive(machine, ber);
  REQUIRE_FALSE(status);
  CHECK(name_of(status.error().code) == name_of(code));
  CHECK(status.error().offset == made.at());
  CHECK(status.error().path.starts_with("QemuFile.top[" + std::to_string(sections_before) +
                                        "].min.contents.ramsec[0].pagelist[0]"));
  CHECK(machine.ram.copy() == Machine().ram.copy());
  CHECK(machine.vga.copy() == Machine().vga.copy());
}

}  // namespace

TEST_CASE("a block that is not registered, or larger than its region, is refused") {
  for (const auto& [list, code] :
       {std::pair(std::vector<Listed>{{"ram", page_size}, {"rom", page_size}}, Errc::unknown_block),
        std::pair(std::vector<Listed>{{"ram", (ram_pages + 1) * page_size}}, Errc::page_outside_block),
        std::pair(std::vector<Listed>{{"ram", ~std::uint64_t{0xff}}}, Errc::page_outside_block)}) {
    Machine machine;
    const auto status = receive(machine, Forged(list).page("ram", PageKind::zero, 0).end());
    REQUIRE_FALSE(status);
    CHECK(name_of(status.error().code) == name_of(code));
    CHECK(status.error().path == "QemuFile.top[1].full");
    CHECK(status.error().offset == 44);
    CHECK(machine.ram.copy() == Machine().ram.copy());
  }
}

TEST_CASE("a page outside its block is refused, be there memory or not") {
  const Bytes page(page_size, 1);
  // The region has eight pages, the stream's block four.
  for (const std::uint64_t addr :
       {std::uint64_t{4 * page_size}, std::uint64_t{8 * page_size}, ~std::uint64_t{0xff}}) {
    for (const PageKind kind : {PageKind::zero, PageKind::full, PageKind::xbzrle}) {
      Forged made({{"ram", 4 * page_size}});
      made.page("ram", kind, addr, kind == PageKind::zero ? ByteView() : page);
      check_refused(made, made.end(), Errc::page_outside_block);
    }
  }
}

TEST_CASE("a page that begins in its block and ends outside it is refused") {
  Forged made({{"ram", 3 * page_size + page_size / 2}, {"vga", page_size / 2}});
  made.page("ram", PageKind::zero, 3 * page_size);
  check_refused(made, made.end(), Errc::page_outside_block);
}

TEST_CASE("a page at no multiple of the page size, or of another size, is refused") {
  for (const PageKind kind : {PageKind::zero, PageKind::full, PageKind::xbzrle}) {
    Forged made({{"ram", 4 * page_size}});
    made.page("ram", kind, page_size / 2, kind == PageKind::zero ? Bytes() : Bytes(page_size, 1));
    check_refused(made, made.end(), Errc::page_unaligned);
  }
  Forged made({{"ram", 4 * page_size}});
  made.page("ram", PageKind::full, 0, Bytes(2 * page_size, 1));
  check_refused(made, made.end(), Errc::constraint);
}

TEST_CASE("the page size is the stream's, and does not lead out of a region") {
  Machine machine;
  const Bytes page(1024, 1);
  Forged made({{"ram", ram_pages * page_size}}, 1024);
  REQUIRE(receive(machine, made.page("ram", PageKind::full, 1024, page).end()));
  Bytes expected(ram_pages * page_size, 0xee);
  std::fill(expected.begin() + 1024, expected.begin() + 2048, std::uint8_t{1});
  CHECK(machine.ram.copy() == expected);
  // A page of 64 KiB at the begin of 2 KiB.
  Forged large({{"ram", ram_pages * page_size}}, 65536);
  large.page("ram", PageKind::full, 0, Bytes(65536, 1));
  check_refused(large, large.end(), Errc::page_outside_block);
}

TEST_CASE("a delta needs a page that this stream sent, and changes nothing where it is not sound") {
  const Bytes delta{1, 2, 5, 6};
  {
    Forged made({{"ram", 4 * page_size}});
    made.page("ram", PageKind::xbzrle, page_size, delta);
    check_refused(made, made.end(), Errc::bad_delta);
  }
  for (const PageKind base : {PageKind::zero, PageKind::full}) {
    const Bytes first = base == PageKind::full ? Bytes(page_size, 1) : Bytes();
    Machine machine;
    Forged made({{"ram", 4 * page_size}});
    made.page("ram", base, page_size, first).page("ram", PageKind::xbzrle, page_size, delta);
    REQUIRE(receive(machine, made.end()));
    Bytes expected(page_size, base == PageKind::full ? 1 : 0);
    expected[1] = 5;
    expected[2] = 6;
    CHECK(std::ranges::equal(machine.ram.view().subspan(page_size, page_size), expected));
  }
  for (const Bytes& bad :
       {Bytes{0, 1}, Bytes{1, 0}, Bytes{0xff, 0x01, 2, 9, 9}, Bytes{1, 1, 9, 0xfe, 0x01, 2, 9, 9},
        Bytes{1, 1, 9, 0, 1, 9}, Bytes{0x80}, Bytes(page_size, 1)}) {
    Machine machine;
    Forged made({{"ram", ram_pages * page_size}});
    made.page("ram", PageKind::full, 7 * page_size, Bytes(page_size, 1))
        .page("ram", PageKind::xbzrle, 7 * page_size, bad);
    const auto status = receive(machine, made.end());
    REQUIRE_FALSE(status);
    CHECK(name_of(status.error().code) == "bad_delta");
    CHECK(status.error().offset == made.at());
    CHECK(std::ranges::equal(machine.ram.view().subspan(7 * page_size), Bytes(page_size, 1)));
  }
}

TEST_CASE(
    "of pages that come at once, those before one that is refused are written, and the error is its own") {
  const Bytes fresh(page_size, 1);
  const Bytes delta{1, 2, 5, 6};
  for (const std::size_t bad : {0U, 1U, 3U, 6U}) {
    std::vector<ram::PageView> pages;
    for (std::size_t i = 0; i < ram_pages - 1; ++i) pages.push_back({PageKind::full, i * page_size, fresh});
    pages[bad] = {PageKind::xbzrle, (ram_pages - 1) * page_size, delta};
    Forged made({{"ram", ram_pages * page_size}});
    made.section("ram", pages, bad);
    Machine machine;
    const auto status = receive(machine, made.end());
    REQUIRE_FALSE(status);
    CHECK(name_of(status.error().code) == "bad_delta");
    CHECK(status.error().offset == made.at());
    CHECK(status.error().path ==
          "QemuFile.top[2].min.contents.ramsec[0].pagelist[" + std::to_string(bad) + "]");
    Bytes expected(ram_pages * page_size, 0xee);
    std::fill_n(expected.begin(), bad * page_size, std::uint8_t{1});
    CHECK(machine.ram.copy() == expected);
  }
}

TEST_CASE("a page of zeros is written where the memory is not") {
  Machine machine;
  Forged made({{"ram", 4 * page_size}});
  REQUIRE(receive(machine, made.page("ram", PageKind::zero, page_size).end()));
  Bytes expected(ram_pages * page_size, 0xee);
  std::fill_n(expected.begin() + page_size, page_size, std::uint8_t{0});
  CHECK(machine.ram.copy() == expected);
}
