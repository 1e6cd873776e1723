// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that mean no harm, in any chunks and cut anywhere, and such that do.
#include "support/heap.hpp"
#include "support/written.hpp"
#include "unit/ram/guarded.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/live/ram_sender.hpp>
#include <qember/advanced/qber/section_writer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;
using device::DeviceState;
using live::RamReceiver;
using ram::PageKind;
using ram::PageView;

namespace {

constexpr std::size_t page_size = 256;
constexpr std::size_t ram_pages = 8;

/// A stream of four rounds, and the memory that it ends with.
struct Sample {
  Bytes ber;
  Bytes ram;
  Bytes vga;
  std::array<std::size_t, 4> round_ends{};
  /// What the receiver has after each page, `ram` and then `vga`, where all was 0xee at first.
  std::vector<Bytes> received{Bytes((ram_pages + 1) * page_size, 0xee)};
};

Sample sample() {
  Sample made{{}, Bytes(ram_pages * page_size), Bytes(page_size, 7)};
  io::Output output;
  live::RamSender sender(output,
                         {{{"ram", made.ram.size()}, {"vga", made.vga.size()}}, page_size, 1U << 16U});
  const auto put = [&](std::uint32_t block, std::size_t page) {
    Bytes& memory = block == 0 ? made.ram : made.vga;
    const auto bytes = ByteView(memory).subspan(page * page_size, page_size);
    if (sender.page(block, page * page_size, bytes).or_throw() != live::Sent::nothing) {
      Bytes next = made.received.back();
      std::ranges::copy(bytes,
                        next.begin() + static_cast<std::ptrdiff_t>((block * ram_pages + page) * page_size));
      made.received.push_back(std::move(next));
    }
    const Bytes more = bytes_of(output);
    made.ber.insert(made.ber.end(), more.begin(), more.end());
    output.clear();
  };
  for (std::size_t round = 0; round < 4; ++round) {
    sender.begin_round().or_throw();
    for (std::size_t page = 0; page < ram_pages; page += 1 + round / 3) {
      if (page % 4 != 0)
        made.ram[page * page_size + round * 9] = static_cast<std::uint8_t>(17 * page + round);
      put(0, page);
    }
    made.vga[round] = static_cast<std::uint8_t>(round);
    put(1, 0);
    sender.end_round().or_throw();
    const Bytes more = bytes_of(output);
    made.ber.insert(made.ber.end(), more.begin(), more.end());
    output.clear();
    made.round_ends[round] = made.ber.size();
  }
  DeviceState serial("serial", 0, 3);
  serial.set("divider", std::uint16_t{12});
  sender.finish(std::span(&serial, 1)).or_throw();
  const Bytes more = bytes_of(output);
  made.ber.insert(made.ber.end(), more.begin(), more.end());
  return made;
}

/// A machine that receives: its regions can't be left without a fault.
struct Machine {
  explicit Machine(std::size_t pages = ram_pages, std::uint8_t fill = 0xee)
      : ram(pages * page_size, fill), vga(page_size, fill) {}
  Bytes memory() const {
    Bytes all = ram.copy();
    all.insert(all.end(), vga.view().begin(), vga.view().end());
    return all;
  }
  live::Regions regions() { return {{"ram", ram.bytes()}, {"vga", vga.bytes()}}; }

  Guarded ram;
  Guarded vga;
};

std::uint64_t pages(const live::Applied& applied) { return applied.zero + applied.full + applied.delta; }

// Streams made by hand.

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
    writer_.begin_ram(0);
    writer_.begin_block(block);
    at_ = bytes_of(output_).size();
    writer_.copy_page({kind, addr, data});
    writer_.end_ram();
    return *this;
  }
  /// Where the last page begins.
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

Status receive(Machine& machine, ByteView ber, const Limits& limits = Limits::untrusted()) {
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions(), limits);
  return receiver.receive();
}

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

TEST_CASE("what was sent is received, in chunks of any size") {
  const Sample sent = sample();
  for (std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{64},
                           std::size_t{1000}, sent.ber.size()}) {
    CAPTURE(size);
    Machine machine;
    io::Input input;
    RamReceiver receiver(input, machine.regions());
    for (ByteView left = sent.ber; !left.empty(); left = left.subspan(std::min(size, left.size()))) {
      REQUIRE_FALSE(receiver.done());
      input.feed(left.first(std::min(size, left.size())));
      REQUIRE(receiver.receive());
    }
    CHECK(receiver.done());
    CHECK(machine.ram.copy() == sent.ram);
    CHECK(machine.vga.copy() == sent.vga);
    CHECK(receiver.rounds() == 4);
    const live::Applied& ram = receiver.applied().at("ram");
    CHECK(ram.zero == 8);
    CHECK(ram.full != 0);
    CHECK(ram.delta != 0);
    CHECK(ram.bytes == pages(ram) * page_size);
    CHECK(pages(receiver.applied().at("vga")) == 4);
    REQUIRE(receiver.devices().size() == 1);
    CHECK_FALSE(receiver.device("serial", 1));
    CHECK_FALSE(receiver.device("serials"));
    REQUIRE(*receiver.device("serial") == receiver.devices().data());
    CHECK(*(*receiver.device("serial"))->get<int>("divider") == 12);
  }
}

TEST_CASE("a stream that is cut anywhere leaves whole pages, and says which") {
  const Sample sent = sample();
  std::uint64_t before = 0;
  for (std::size_t size = 0; size < sent.ber.size(); ++size) {
    CAPTURE(size);
    Machine machine;
    io::Input input;
    RamReceiver receiver(input, machine.regions());
    input.feed(ByteView(sent.ber).first(size));
    REQUIRE(receiver.receive());
    const std::uint64_t applied = pages(receiver.applied().at("ram")) + pages(receiver.applied().at("vga"));
    REQUIRE(applied < sent.received.size());
    CHECK(machine.memory() == sent.received[applied]);
    CHECK(applied >= before);
    CHECK(applied <= before + 1);
    before = applied;
    const auto ended = std::ranges::count_if(sent.round_ends, [size](std::size_t end) { return end < size; });
    CHECK(receiver.rounds() <= static_cast<std::uint64_t>(ended));
    input.finish();
    const auto status = receiver.receive();
    REQUIRE_FALSE(status);
    CHECK(name_of(status.error().code) == "truncated");
    CHECK_FALSE(receiver.done());
    CHECK(name_of(receiver.receive().error().code) == name_of(status.error().code));
    CHECK(machine.memory() == sent.received[applied]);
  }
  CHECK(before + 1 == sent.received.size());
}

TEST_CASE("devices come back by name, with as much state as they have") {
  DeviceState device("large", 7, 2);
  device.set("empty", Bytes());
  device.set("buffer", Bytes(std::size_t{3} << 20U, 5));
  device.set("words", std::vector<std::uint16_t>(100000, 0x1234));
  device.set("last", std::int64_t{-1});
  DeviceState none("none", 0, 1);
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  sender.finish(std::vector{device, none, DeviceState("large", 8, 1)}).or_throw();
  const Bytes ber = bytes_of(output);
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  REQUIRE(receiver.receive());
  REQUIRE(receiver.devices().size() == 3);
  const device::SavedDevice& large = **receiver.device("large", 7);
  CHECK(large.version() == 2);
  CHECK(large.get_bytes("empty")->empty());
  CHECK(large.get_bytes("buffer")->size() == std::size_t{3} << 20U);
  CHECK(*large.get_array<std::uint16_t>("words") == std::vector<std::uint16_t>(100000, 0x1234));
  CHECK(*large.get<int>("last") == -1);
  CHECK((*receiver.device("none"))->body().empty());
  CHECK((*receiver.device("large", 8))->version() == 1);
}

TEST_CASE("what a guest put into a device is received, though it looks like the end of its section") {
  DeviceState device("fifo", 0, 1);
  for (std::uint64_t id = 1; id < 8; ++id)
    device.set("word" + std::to_string(id), std::uint64_t{0x7e} << 56U | id << 24U | 0x080001);
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  sender.finish(std::vector{device}).or_throw();
  const Bytes ber = bytes_of(output);
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  REQUIRE(receiver.receive());
  CHECK(*(*receiver.device("fifo"))->get<std::uint64_t>("word7") == 0x7e00000007080001);
}

TEST_CASE("bytes behind the end of the stream are left alone") {
  Bytes ber = sample().ber;
  const std::size_t size = ber.size();
  ber.insert(ber.end(), {1, 2, 3});
  Machine machine;
  io::Input input = io::Input::over(ber);
  RamReceiver receiver(input, machine.regions());
  CHECK(receiver.receive());
  CHECK(receiver.done());
  CHECK(input.offset() == size);
}

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

TEST_CASE("a page of zeros is written where the memory is not") {
  Machine machine;
  Forged made({{"ram", 4 * page_size}});
  REQUIRE(receive(machine, made.page("ram", PageKind::zero, page_size).end()));
  Bytes expected(ram_pages * page_size, 0xee);
  std::fill_n(expected.begin() + page_size, page_size, std::uint8_t{0});
  CHECK(machine.ram.copy() == expected);
}

TEST_CASE("what devices take is bounded, be they many or large") {
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0});
  sender.begin_round().or_throw();
  sender.end_round().or_throw();
  std::vector<DeviceState> many;
  for (std::uint32_t i = 0; i < 200; ++i) many.emplace_back("d", i, 1);
  DeviceState large("large", 0, 1);
  large.set("buffer", Bytes(100000, 1));
  SECTION("many") { sender.finish(many).or_throw(); }
  SECTION("large") { sender.finish(std::span(&large, 1)).or_throw(); }
  const Bytes ber = bytes_of(output);
  Machine machine;
  CHECK(receive(machine, ber));
  Limits limits;
  limits.max_held = 10000;
  const auto status = receive(machine, ber, limits);
  REQUIRE_FALSE(status);
  CHECK(name_of(status.error().code) == "limit");
}

TEST_CASE("the receiver's memory does not grow with the pages that it gets") {
  if (heap_in_use() == 0) return;  // a sanitizer's allocator
  Machine machine;
  const std::size_t before = heap_in_use();
  io::Input input;
  RamReceiver receiver(input, machine.regions());
  io::Output output;
  live::RamSender sender(output, {{{"ram", ram_pages * page_size}}, page_size, 1U << 16U});
  sender.begin_round().or_throw();
  const Bytes page(page_size, 1);
  std::size_t most = 0;
  for (std::size_t i = 0; i < 100000; ++i) {
    if (!sender.page(0, i % ram_pages * page_size, page)) FAIL("a page is refused");
    for (const iovec& piece : output.pieces())
      input.feed({static_cast<const std::uint8_t*>(piece.iov_base), piece.iov_len});
    output.clear();
    if (!receiver.receive()) FAIL("a page is refused");
    most = std::max(most, heap_in_use() - before);
  }
  CHECK(receiver.applied().at("ram").full == 100000);
  CHECK(most < (std::size_t{1} << 20U));
}
