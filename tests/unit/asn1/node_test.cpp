// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/hex.hpp"
#include "support/types.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using Entry = asn1::VMStateEntries;

namespace {

asn1::Value<asn1::QemuFile> sample() {
  auto file = asn1::Value<asn1::QemuFile>::make();
  file->set_version(3);
  auto ram = file->top().append().make_full();
  ram.set_name("ram");
  ram.set_sectionid(2);
  ram.set_instanceid(0);
  ram.set_versionid(4);
  auto list = ram.contents().make_ramblid();
  list.set_totalram(4096);
  auto block = list.blocks().append();
  block.set_name("pc.\"ram\"");
  block.set_len(4096);

  auto part = file->top().append().make_min();
  part.set_sectionid(2);
  auto pages = part.contents().make_ramsec().append();
  pages.set_name("pc.ram");
  pages.pagelist().append().set_compr(0);
  auto full = pages.pagelist().append().make_fullpage();
  full.set_addr(4096);
  full.set_data(Bytes(4096, 0x5a));
  auto delta = pages.pagelist().append().make_xbzrle();
  delta.set_addr(8192);
  delta.set_data(as_bytes("xyz"));
  pages.pagelist().append().set_hook();

  auto device = file->top().append().make_full();
  device.set_name("dev");
  device.set_sectionid(3);
  device.set_instanceid(1);
  device.set_versionid(1);
  auto entries = device.contents().make_vmstate().make_vmstateentries();
  entries.append().set_int(Integer::from_signed(-5));
  entries.append().set_bool(true);
  entries.append().set_oldblob(as_bytes("abc"));
  entries.append().make_array().append().set_int(~std::uint64_t{0});
  auto subsection = entries.append().make_subsecl().append();
  subsection.set_name("dev/more");
  subsection.set_versionid(1);
  subsection.contents().append().set_bool(false);
  return file;
}

}  // namespace

TEST_CASE("what is built is read back by accessor") {
  const auto built = sample();
  const auto der = asn1::encode(*built);
  if (!der) FAIL(to_string(der.error()));
  auto file = asn1::decode<asn1::QemuFile>(*der);
  if (!file) FAIL(to_string(file.error()));
  CHECK(asn1::equal(**file, *built));
  CHECK((*file)->version() == Integer(3));
  auto top = (*file)->top();
  REQUIRE(top.size() == 3);
  const auto ram = top[0].as_full();
  CHECK(ram.name() == "ram");
  CHECK(ram.contents().as_ramblid().blocks()[0].len() == Integer(4096));
  const auto pages = top[1].as_min().contents().as_ramsec()[0].pagelist();
  CHECK(pages[1].as_fullpage().data().size() == 4096);
  CHECK(as_text(pages[2].as_xbzrle().data()) == "xyz");
  CHECK(pages[3].which() == asn1::RAMPage::Which::hook);

  std::string seen;
  for (const Entry entry : top[2].as_full().contents().as_vmstate().as_vmstateentries()) {
    switch (entry.which()) {
      case Entry::Which::array: seen += to_string(entry.as_array()[0].as_int()); break;
      case Entry::Which::bool_: seen += entry.as_bool() ? "t" : "f"; break;
      case Entry::Which::int_: seen += to_string(entry.as_int()); break;
      case Entry::Which::oldblob: seen += as_text(entry.as_oldblob()); break;
      case Entry::Which::subsecl: seen += entry.as_subsecl()[0].name(); break;
      case Entry::Which::none: seen += "?"; break;
    }
  }
  CHECK(seen == "-5tabc18446744073709551615dev/more");
}

TEST_CASE("what is not there reads as empty") {
  const auto entry = Entry(asn1::Node());
  CHECK(entry.which() == Entry::Which::none);
  CHECK(entry.as_int() == Integer());
  CHECK(entry.as_array().size() == 0);
  CHECK(entry.as_subsecl()[3].contents()[1].as_oldblob().empty());
  auto other = asn1::Value<Entry>::make();
  other->set_bool(true);
  CHECK(other->as_int() == Integer());
  CHECK_FALSE(other->as_array());
}

TEST_CASE("another alternative takes the place of the one before") {
  auto entry = asn1::Value<Entry>::make();
  entry->make_array().append().make_array().append().set_oldblob(Bytes(1000));
  entry->make_subsecl().append().set_name("a name that is longer than any small buffer");
  entry->set_oldblob(Bytes(1000, 1));
  CHECK(entry->which() == Entry::Which::oldblob);
  entry->set_int(5);
  entry->set_int(~std::uint64_t{0});
  CHECK(entry->as_int() == Integer(~std::uint64_t{0}));
}

TEST_CASE("each type is made, moved, copied and compared") {
  const auto file = sample();
  auto copy = asn1::copy(*file);
  REQUIRE(copy.ok());
  CHECK(asn1::equal(*file, **copy));
  (*copy)->top()[2].as_full().contents().as_vmstate().as_vmstateentries()[1].set_bool(false);
  CHECK_FALSE(asn1::equal(*file, **copy));

  const auto each = []<class T>(T*) {
    auto value = asn1::Value<T>::make();
    auto moved = std::move(value);
    value = std::move(moved);
    CHECK(asn1::equal(*value, *value));
    CHECK(value->type().named);
    CHECK_FALSE(asn1::print_text(*value).empty());
  };
  [&]<class... T>(std::tuple<T...>*) {
    (each(static_cast<T*>(nullptr)), ...);
  }(static_cast<test::AllTypes*>(nullptr));
  CHECK(std::tuple_size_v<test::AllTypes> == 17);
}

TEST_CASE("values as text and as JSON") {
  const auto file = sample();
  CHECK(asn1::print_text(*file) == R"(QemuFile
  version 3
  top
    [0] full
      name "ram"
      sectionid 2
      instanceid 0
      versionid 4
      contents ramblid
        totalram 4096
        blocks
          [0]
            name "pc.\"ram\""
            len 4096
      secendmark NULL
    [1] min
      sectionid 2
      contents ramsec
        [0]
          name "pc.ram"
          pagelist
            [0] compr 0
            [1] fullpage
              addr 4096
              data <4096 B>
            [2] xbzrle
              addr 8192
              data <3 B>
            [3] hook NULL
      secendmark NULL
    [2] full
      name "dev"
      sectionid 3
      instanceid 1
      versionid 1
      contents vmstate vmstateentries
        [0] int -5
        [1] bool TRUE
        [2] oldblob <3 B>
        [3] array
          [0] int 18446744073709551615
        [4] subsecl
          [0]
            name "dev/more"
            versionid 1
            contents
              [0] bool FALSE
      secendmark NULL
)");
  CHECK(
      asn1::print_json(file->top()[0]) ==
      R"({"full":{"name":"ram","sectionid":2,"instanceid":0,"versionid":4,"contents":{"ramblid":{"totalram":4096,)"
      R"("blocks":[{"name":"pc.\"ram\"","len":4096}]}},"secendmark":null}})");
  CHECK(asn1::print_json(file->top()[1].as_min().contents().as_ramsec()[0].pagelist(), 16) ==
        R"([{"compr":0},{"fullpage":{"addr":4096,"data":{"octets":4096}}},)"
        R"({"xbzrle":{"addr":8192,"data":"78797a"}},{"hook":null}])");
}
