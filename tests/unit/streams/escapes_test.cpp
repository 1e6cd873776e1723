// SPDX-License-Identifier: LGPL-2.1-or-later
// What the schema has no place for, and what no QEMU writes: carried all the same, or refused.
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;

namespace {

/// There and back in every form, for any chunking.
void comes_back(const Bytes& native) {
  for (const EncodeForm& form : {EncodeForm{}, EncodeForm{.der = true}, EncodeForm{.opaque = true}}) {
    const Converted ber = encode(native, whole(), form);
    INFO((ber.error ? to_string(*ber.error) : "encoded"));
    REQUIRE(verdict(ber) == "accepted");
    REQUIRE(encode(native, chunks_of(1), form).out == ber.out);
    const Converted back = decode(ber.out, chunks_of(1));
    INFO((back.error ? to_string(*back.error) : "decoded"));
    REQUIRE(verdict(back) == "accepted");
    REQUIRE(to_hex(back.out) == to_hex(native));
  }
}
void comes_back(const NativeBuilder& native) { comes_back(native.bytes()); }

void is_refused(const NativeBuilder& native, std::string_view code) {
  const Converted ber = encode(native.bytes());
  INFO((ber.error ? to_string(*ber.error) : "encoded"));
  REQUIRE(verdict(ber).starts_with(code));
}

/// The sections named `qember`, by their instance; of 0 the keys, too: `1 0(1,6) 3`.
std::string notes_of(ByteView ber) {
  using Section = asn1::Sections::Which;
  using Contents = asn1::SecFull::Contents::Which;
  const auto file = asn1::decode<asn1::QemuFile>(ber);
  REQUIRE(file.ok());
  std::string notes;
  for (const asn1::Sections section : (*file)->top()) {
    if (section.which() != Section::full || section.as_full().name() != "qember") continue;
    const auto note = section.as_full();
    notes += (notes.empty() ? "" : " ") + to_string(note.instanceid());
    if (note.instanceid() != Integer(0) || note.contents().which() != Contents::vmstate) continue;
    std::string keys;
    const auto entries = note.contents().as_vmstate().as_vmstateentries();
    for (std::size_t i = 0; i < entries.size(); i += 2)
      keys += (keys.empty() ? "" : ",") + to_string(entries[i].as_int());
    notes += "(" + keys + ")";
  }
  return notes;
}

/// In BER these are the notes that the mapping names for it.
void is_carried_by(const NativeBuilder& native, std::string_view notes) {
  CHECK(notes_of(encode(native.bytes()).out) == notes);
}

/// The head of a stream of pages of 4096 bytes.
NativeBuilder head() { return NativeBuilder().configuration("m", 4096); }
NativeBuilder ram(const std::vector<std::string>& blocks = {"pc.ram"}) {
  return head().ram(1, blocks, 0x4000);
}

const Bytes three{1, 2, 3};

}  // namespace

TEST_CASE("names that the schema reserves or cannot hold come back") {
  const std::string names[] = {"qember",
                               "qember-name-0",
                               "qember-name-17",
                               "",
                               "\xff\xfe",
                               "caf\xe9",
                               std::string(255, 'x'),
                               std::string(255, '\xff'),
                               "caf\xc3\xa9",
                               std::string("a\0b", 3),
                               " ",
                               "ram2",
                               "\xed\xa0\x80"};
  for (const std::string& name : names) {
    INFO(name);
    comes_back(ram().device(7, name, three).device(8, "after", three).eof());
    comes_back(ram({name}).part(1).zero(name, 0).page({}, 0x1000, 7).eos().footer(1).eof());
    comes_back(ram({"qember-name-1", name, "other"})
                   .part(1)
                   .zero(name, 0)
                   .page("qember-name-1", 0x1000, 7)
                   .eos()
                   .footer(1)
                   .eof());
  }
  // Of an iterative section too: its records are not known, its footer is.
  comes_back(ram()
                 .section(1, 9, "qember", 0, 1)
                 .raw(three)
                 .footer(9)
                 .part(9)
                 .raw(three)
                 .footer(9)
                 .end(9)
                 .footer(9)
                 .eof());
  // A true name is beside the one in its place; a name that is UTF-8 needs none.
  is_carried_by(ram().device(7, "caf\xc3\xa9", three).eof(), "1");
  is_carried_by(ram().device(7, "qember", three).eof(), "1 0(7)");
  is_carried_by(ram({"\xff"}).part(1).zero("\xff", 0).eos().footer(1).eof(), "1 0(8)");
}

TEST_CASE("a name that a block has twice in the list is refused") {
  is_refused(ram({"a", "a"}).eof(), "bad_value");
  is_refused(ram({"qember", "qember"}).eof(), "bad_value");
}

TEST_CASE("block names that are sent again come back") {
  comes_back(ram()
                 .part(1)
                 .zero("pc.ram", 0)
                 .zero("pc.ram", 0x1000)
                 .zero({}, 0x2000)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero("pc.ram", 0)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram({"a", "b"})
                 .part(1)
                 .zero("a", 0)
                 .zero("b", 0)
                 .zero("b", 0x1000)
                 .zero("a", 0)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero("a", 0x1000)
                 .page({}, 0, 9)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero({}, 0)
                 .zero("b", 0)
                 .eos()
                 .footer(1)
                 .eof());
  // The first page of a section that names its block needs a note, where it was the last one's.
  is_carried_by(
      ram().part(1).zero("pc.ram", 0).eos().footer(1).part(1).zero("pc.ram", 0).eos().footer(1).eof(),
      "1 0(4)");
  is_carried_by(ram().part(1).zero("pc.ram", 0).eos().footer(1).part(1).zero({}, 0).eos().footer(1).eof(),
                "1");
}

TEST_CASE("pages that are filled with another byte come back") {
  comes_back(ram()
                 .part(1)
                 .zero("pc.ram", 0, 0x5a)
                 .zero({}, 0x1000, 0xff)
                 .zero({}, 0x2000)
                 .zero({}, 0x3000, 1)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram({"a", "b"})
                 .part(1)
                 .zero("a", 0)
                 .zero("b", 0, 3)
                 .zero("b", 0x1000, 3)
                 .zero("a", 0, 4)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000, 0xff).eos().footer(1).eof(), "1 0(2,5)");
}

TEST_CASE("control records without a page come back wherever they stand") {
  constexpr std::uint64_t flush = 0x200;
  constexpr std::uint64_t hook = 0x80;
  for (const std::uint64_t control : {flush, hook}) {
    comes_back(head()
                   .section(1, 1, "ram", 0, 4)
                   .u64(0x4004)
                   .counted("pc.ram")
                   .u64(0x4000)
                   .u64(control)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .part(1)
                   .u64(control)
                   .zero("pc.ram", 0)
                   .u64(control)
                   .u64(control)
                   .zero({}, 0x1000)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .part(1)
                   .u64(control)
                   .eos()
                   .footer(1)
                   .end(1)
                   .zero({}, 0)
                   .u64(control)
                   .zero("pc.ram", 0x1000)
                   .eos()
                   .footer(1)
                   .eof());
  }
  comes_back(ram()
                 .part(1)
                 .u64(hook)
                 .u64(flush)
                 .u64(hook)
                 .zero("pc.ram", 0, 9)
                 .u64(flush)
                 .u64(hook)
                 .zero({}, 0)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).u64(flush).zero("pc.ram", 0).eos().footer(1).eof(), "1 0(3)");
  is_carried_by(ram().part(1).zero("pc.ram", 0).u64(hook).eos().footer(1).eof(), "1");
}

TEST_CASE("compressed pages come back") {
  comes_back(ram({"a", "b"})
                 .part(1)
                 .compressed("a", 0, three)
                 .compressed({}, 0x1000, three)
                 .compressed("b", 0, three)
                 .zero({}, 0x1000)
                 .compressed("b", 0x2000, three)
                 .page("b", 0x2000, 1)
                 .compressed({}, 0x3000, {})
                 .eos()
                 .footer(1)
                 .part(1)
                 .compressed({}, 0, three)
                 .eos()
                 .footer(1)
                 .end(1)
                 .u64(0x200)
                 .compressed("a", 0, three)
                 .eos()
                 .footer(1)
                 .eof());
  is_carried_by(ram().part(1).compressed("pc.ram", 0, three).zero({}, 0).eos().footer(1).eof(), "1 6 0(2)");
}

TEST_CASE("pages may come in START, in FULL, or all in END") {
  comes_back(head()
                 .section(1, 1, "ram", 0, 4)
                 .u64(0x4004)
                 .counted("a")
                 .u64(0x4000)
                 .zero("a", 0)
                 .page({}, 0x1000, 3)
                 .compressed({}, 0x2000, three)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(head()
                 .section(4, 1, "ram", 0, 4)
                 .u64(0x4004)
                 .counted("a")
                 .u64(0x4000)
                 .zero("a", 0)
                 .zero({}, 0x1000)
                 .eos()
                 .footer(1)
                 .part(1)
                 .zero({}, 0)
                 .eos()
                 .footer(1)
                 .eof());
  comes_back(ram().end(1).zero("pc.ram", 0).page({}, 0x1000, 9).eos().footer(1).eof());
  is_carried_by(ram().end(1).zero("pc.ram", 0).eos().footer(1).eof(), "1 0(1)");
  is_carried_by(head()
                    .section(4, 1, "ram", 0, 4)
                    .u64(0x4004)
                    .counted("a")
                    .u64(0x4000)
                    .zero("a", 0)
                    .eos()
                    .footer(1)
                    .eof(),
                "1 0(1) 0(2)");
}

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

TEST_CASE("device state with its own footers and end marks in it comes back") {
  Bytes state = from_hex("7e00000007 7e00000007 04 00 7e00000007 05 00000000000000");
  comes_back(ram()
                 .device(7, "dev", state)
                 .device(0, "zeros", Bytes(3000, 0))
                 .device(7, "dev", from_hex("7e 7e 7e 7e00 00"))
                 .eof());
  comes_back(ram().device(7, "empty", {}).device(0, "empty", {}).eof());
  is_carried_by(ram().device(7, "dev", state).eof(), "1");
}

TEST_CASE("a stream of devices alone comes back") {
  comes_back(NativeBuilder()
                 .device(7, "dev", dev_state(), 0, 2)
                 .device(0, "old", old_state(), 3)
                 .eof()
                 .description(R"({"page_size": 4096, "devices": []})"));
  comes_back(NativeBuilder().eof());
  comes_back(NativeBuilder().configuration("").eof());
  is_carried_by(NativeBuilder().eof(), "");
  is_carried_by(NativeBuilder().configuration("").eof(), "1");
}

TEST_CASE("descriptions that are no description, and what follows, come back") {
  for (const std::string_view text :
       {"", "{}", "{\"devices\": []}", "no JSON", "[", "\xff\xff", "{\"devices\": 3}"}) {
    INFO(text);
    comes_back(ram().device(7, "dev", dev_state(), 0, 2).eof().description(text));
    comes_back(ram().device(7, "dev", dev_state(), 0, 2).eof().description(text).text("more"));
  }
  comes_back(ram().device(7, "dev", three).eof().text("no description"));
  comes_back(ram().device(7, "dev", three).eof().fill(3000, 0));
  comes_back(small_stream().u8(6).u32(2).text("{}"));
  is_carried_by(ram().eof().description("no JSON").text("more"), "1 3 7");
}

TEST_CASE("state that its description does not fit comes back as a blob") {
  const auto stream = [](const Bytes& state, std::string_view name = "dev", std::uint32_t instance = 0) {
    return ram().device(7, name, state, instance, 2).eof().description(small_description(4096));
  };
  const Bytes good = dev_state();
  comes_back(stream(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes changed = good;
    changed[at] ^= 0x55U;
    INFO(at);
    comes_back(stream(changed));
    changed.resize(at);
    comes_back(stream(changed));
  }
  Bytes longer = good;
  longer.push_back(0);
  comes_back(stream(longer));
  comes_back(stream(good, "other"));
  comes_back(stream(good, "dev", 1));
  is_carried_by(stream(good), "1 3");
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

TEST_CASE("commands come back, known or not, and packages with them") {
  comes_back(ram()
                 .command(1)
                 .command(2, three)
                 .command(77, Bytes(65535, 9))
                 .command(11)
                 .end(1)
                 .eos()
                 .footer(1)
                 .eof());
  NativeBuilder inside;
  const std::size_t header = inside.size();
  inside.command(4).device(7, "dev", three).device(8, "qember", three).command(5);
  const Bytes package(inside.bytes().begin() + static_cast<std::ptrdiff_t>(header), inside.bytes().end());
  const auto with = [&](std::size_t size) {
    return ram()
        .command(7, Bytes{0, 0, 0, static_cast<std::uint8_t>(size)})
        .raw(package)
        .end(1)
        .zero("pc.ram", 0)
        .eos()
        .footer(1)
        .eof();
  };
  comes_back(with(package.size()));
  comes_back(with(0));
  is_refused(with(package.size() - 1), "bad_length");
  is_refused(ram().command(7, Bytes{0, 0, 0}).eof(), "bad_length");
  is_carried_by(with(package.size()), "1 2 2 0(7) 2 0(1)");
}

TEST_CASE("a package of all that a stream can have has a length in BER, too") {
  NativeBuilder inside;
  const std::size_t header = inside.size();
  inside.command(2, three)
      .command(77, Bytes(300, 9))
      .ram(2, {"a", "bcd"}, 0x4000)
      .section(1, 5, "dirty-bitmap", 0, 1)
      .u8(1)
      .footer(5)
      .part(2)
      .zero("a", 0)
      .u64(0x80)
      .page({}, 0x1000, 7)
      .zero({}, 0, 3)
      .zero("bcd", 0)
      .zero("bcd", 0x1000)
      .xbzrle("a", 0, from_hex("000101"))
      .compressed({}, 0x1000, from_hex("789c"))
      .u64(0x200)
      .eos()
      .footer(2)
      .end(5)
      .u8(1)
      .footer(5)
      .device(7, "dev", three);
  const Bytes package(inside.bytes().begin() + static_cast<std::ptrdiff_t>(header), inside.bytes().end());
  Bytes size(4);
  store_be(size.data(), static_cast<std::uint32_t>(package.size()));
  NativeBuilder native = head().command(7, size).raw(package).end(2).eos().footer(2).eof();
  comes_back(native);
  // With one byte less the package ends in the device.
  Bytes ber = encode(native.bytes()).out;
  const Bytes was = size;
  store_be(size.data(), static_cast<std::uint32_t>(package.size() - 1));
  const auto at = std::search(ber.begin(), ber.end(), was.begin(), was.end());
  REQUIRE(at != ber.end());
  std::copy(size.begin(), size.end(), at);
  CHECK(verdict(decode(ber)).starts_with("bad_length"));
  is_carried_by(native, "1 2 2 2 0(1) 0(2,5) 6 0(2,3) 5 0(1)");
}

TEST_CASE("what the format forbids is refused") {
  is_refused(ram().part(2).zero("pc.ram", 0).eos().footer(2).eof(), "unknown_section");
  is_refused(ram().part(1).zero("other", 0).eos().footer(1).eof(), "unknown_block");
  is_refused(ram().part(1).zero("pc.ram", 0x4000).eos().footer(1).eof(), "page_outside_block");
  is_refused(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000).zero({}, 0x4000).eos().footer(1).eof(),
             "page_outside_block");
  is_refused(ram().part(1).zero({}, 0).eos().footer(1).eof(), "bad_tag");
  is_refused(ram().part(1).zero("pc.ram", 0).zero({}, 0x1000).u64(0x2000 | 0x22 | 0x08).eos().footer(1).eof(),
             "bad_tag");
  is_refused(ram().part(1).zero("pc.ram", 0).eos().footer(2).eof(), "missing_end_mark");
  is_refused(ram().u8(0x20).eof(), "bad_tag");
  is_refused(ram().u8(0x06).eof(), "bad_tag");
  is_refused(ram().configuration("late").eof(), "wrong_order");
  is_refused(NativeBuilder().section(1, 1, "ram", 0, 3).eos().footer(1).eof(), "unsupported");
  is_refused(
      NativeBuilder().u8(7).u32(3).text("m-1").u8(5).counted("configuration/other").u32(1).u32(0).eof(),
      "unsupported");
}
