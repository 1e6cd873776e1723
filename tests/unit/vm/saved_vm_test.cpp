// SPDX-License-Identifier: LGPL-2.1-or-later
// A saved VM through the face of the library: the same devices and pages as in one pass of the stream,
// whatever it comes from.
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/one_pass.hpp"
#include "support/samples.hpp"
#include "vm/page_index.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/listing.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_presence.hpp>
#include <qember/saved_vm.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

using namespace qember;
using namespace qember::test;

namespace {

/// A source that can't be sought.
class Pipe final : public io::ByteSource {
 public:
  explicit Pipe(ByteView bytes) : bytes_(bytes) {}
  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  bool is_seekable() const override { return false; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    REQUIRE(offset == at_);
    const std::size_t count = std::min({to.size(), bytes_.size() - at_, std::size_t{10007}});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, to.begin());
    at_ += count;
    return count;
  }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
};

void same_devices(const SavedVm& vm, Pass& pass) {
  const auto devices = vm.devices().or_throw();
  REQUIRE(devices.size() == pass.devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const event::CollectedSection& section = pass.devices[i];
    CHECK(devices[i].name() == section.name);
    CHECK(devices[i].instance() == section.instance);
    CHECK(devices[i].version() == section.version);
    CHECK(std::ranges::equal(devices[i].body(), section.body));
    CHECK(devices[i].is_described() == (section.fit == event::Fit::fits));
  }
}

void same_pages(const SavedVm& vm, Pass& pass) {
  const Memory memory = vm.memory();
  const event::Session& session = pass.opened.source().session();
  Bytes page(memory.page_size().or_throw());
  CHECK(page.size() == session.page_size_or_default());
  std::size_t wrong = 0;
  for (std::uint32_t block = 0; block < session.blocks().size(); ++block) {
    const std::uint64_t length = session.blocks()[block].length;
    const bool is_absent = vm::absence_of(session, pass.ram, block) || pass.ram.sent_elsewhere();
    for (std::uint64_t at = 0; at < length; at += page.size()) {
      const auto some = MutableBytes(page).first(std::min<std::uint64_t>(page.size(), length - at));
      const auto status = memory.read(block, at, some, Unsent::zeros);
      if (is_absent) {
        CHECK(status.error().code == Errc::unsupported);
        break;
      }
      wrong += !status || !pass.pages.holds(block, at, some);
    }
  }
  CHECK(wrong == 0);
}

void same(io::ByteSource& source, Pass& pass) {
  const auto vm = SavedVm::open(source, {.limits = Limits::trusted()}).or_throw();
  same_devices(vm, pass);
  same_pages(vm, pass);
}

}  // namespace

TEST_CASE("a saved VM has the devices and the pages of one pass: real streams") {
  auto paths = real_streams();
  const auto containers = std::filesystem::path(QEMBER_TEST_STREAMS).parent_path() / "containers";
  if (std::filesystem::is_directory(containers))
    for (const auto& entry : std::filesystem::directory_iterator(containers))
      if (entry.path().filename().string().starts_with("mapped-")) paths.push_back(entry.path());
  for (const auto& path : paths) {
    INFO(path);
    const Bytes native = load(path);
    Pass pass(native);
    if (!pass.status) continue;
    io::MemorySource file(native);
    same(file, pass);
    Pipe pipe(native);
    same(pipe, pass);
    const Converted ber = encode(native, whole(), {.limits = Limits::trusted()});
    REQUIRE_FALSE(ber.error);
    io::MemorySource encoded(ber.out);
    same(encoded, pass);
  }
}

TEST_CASE("a saved VM has the devices and the pages of one pass: one of everything") {
  const Bytes native = small_stream().bytes();
  Pass pass(native);
  REQUIRE(pass.status);
  io::MemorySource file(native);
  same(file, pass);
  const Converted ber = encode(native);
  io::MemorySource encoded(ber.out);
  same(encoded, pass);
}

TEST_CASE("a saved VM that was damaged has what one pass has, or an error") {
  const Bytes sound = small_stream().bytes();
  for (std::size_t at = 4; at < sound.size(); ++at)
    for (const std::uint8_t value : {0x00, 0x01, 0x7e, 0xff}) {
      Bytes damaged = sound;
      if (std::exchange(damaged[at], value) == value) continue;
      Pass pass(damaged);
      const std::uint64_t total = pass.opened.source().session().total();
      io::MemorySource file(damaged);
      const auto vm = SavedVm::open(file, {.limits = Limits::trusted()});
      INFO("byte " << at << " is " << int{value});
      if (pass.status) {
        REQUIRE(vm);
        same_devices(*vm, pass);
        if (total <= std::size_t{1} << 20U) same_pages(*vm, pass);
      } else if (vm) {
        // What is wrong with the contents of a page is seen when that is read.
        Bytes all(static_cast<std::size_t>(std::min<std::uint64_t>(total, 1U << 20U)) / 2);
        const bool has_pages = vm->memory().read(0, 0, all, Unsent::zeros).ok();
        if (pass.status.error().code != Errc::bad_delta && pass.status.error().code != Errc::bad_value)
          CHECK_FALSE(has_pages);
      }
    }
}

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::uint64_t many_pages = (std::uint64_t{20} << 20U) / page_size;

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// The bytes of a builder without the header of a stream.
ByteView inner(const NativeBuilder& part) { return ByteView(part.bytes()).subspan(8); }

NativeBuilder devices(std::uint32_t id = 7) {
  NativeBuilder to;
  to.device(id, "dev", dev_state(), 0, 2).device(0, "old", old_state(), 3);
  return to;
}

NativeBuilder ended(const std::string& description) {
  NativeBuilder to;
  to.eof().description(description);
  return to;
}

/// A stream so large that its end is looked at: `tail` follows the END of RAM.
Bytes large(std::initializer_list<NativeBuilder> tail) {
  NativeBuilder head;
  head.configuration("pc-i440fx-7.2", page_size).ram(2, {"pc.ram"}, many_pages * page_size).part(2);
  Bytes stream = head.bytes();
  stream.reserve(many_pages * (page_size + 8) + 4096);
  for (std::uint64_t i = 0; i < many_pages; ++i) {
    NativeBuilder page;
    page.page(i == 0 ? NativeBuilder::Block("pc.ram") : NativeBuilder::Block(), i * page_size,
              static_cast<std::uint8_t>(i % 255 + 1));
    append(stream, inner(page));
  }
  NativeBuilder end;
  end.eos().footer(2).ended(2);
  append(stream, inner(end));
  for (const NativeBuilder& part : tail) append(stream, inner(part));
  return stream;
}

std::string described() { return small_description(page_size); }

/// Counts what is read of a file.
class Counted final : public io::ByteSource {
 public:
  explicit Counted(ByteView bytes) : file_(bytes) {}
  std::optional<std::uint64_t> size() const override { return file_.size(); }
  bool is_seekable() const override { return true; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    auto count = file_.read_some(offset, to);
    read += *count;
    return count;
  }

  std::uint64_t read = 0;

 private:
  io::MemorySource file_;
};

/// That devices are those of a pass, and whether they are from the end.
void from_end(ByteView stream, bool expected) {
  Pass pass(stream);
  REQUIRE(pass.status);
  Counted file(stream);
  const auto vm = SavedVm::open(file).or_throw();
  same_devices(vm, pass);
  CHECK(vm.are_devices_from_end() == expected);
  CHECK((file.read < stream.size() / 8) == expected);
  // The pass for the pages agrees.
  Bytes page(page_size);
  CHECK(vm.memory().read(0, 5 * page_size, page));
  CHECK(page == Bytes(page_size, 6));
}

}  // namespace

TEST_CASE("a large native file gives its devices from the end") {
  const Bytes stream = large({devices(), ended(described())});
  from_end(stream, true);
  const auto vm = SavedVm::open(stream).or_throw();
  CHECK(vm.machine() == "pc-i440fx-7.2");
  CHECK(vm.blocks().size() == 1);
  CHECK(vm.device("old", 3).or_throw().is_described());
  CHECK(vm.device("old", 2).error().code == Errc::usage);
  CHECK(vm.devices("dev").or_throw().size() == 1);
  const auto in_order = SavedVm::open(stream, {.from_end = false}).or_throw();
  CHECK(in_order.devices().or_throw().size() == 2);
  CHECK_FALSE(in_order.are_devices_from_end());
}

TEST_CASE("a large native file is listed from its begin and end") {
  const Bytes stream = large({devices(), ended(described())});
  Counted file(stream);
  const auto listed = vm::list_from_end(SavedVm::open(file).or_throw());
  REQUIRE(listed);
  CHECK(file.read < stream.size() / 8);
  const auto opened = vm::OpenedStream::open(file, {}).or_throw();
  vm::Listing listing(*opened, Limits{});
  REQUIRE(event::pump(*opened, listing));
  const vm::ListedStream in_order = listing.listed();
  REQUIRE(listed->blocks.size() == 1);
  CHECK(listed->blocks[0].block.name == in_order.blocks[0].block.name);
  CHECK(listed->blocks[0].block.length == in_order.blocks[0].block.length);
  REQUIRE(listed->sections.size() == in_order.sections.size());
  for (std::size_t i = 0; i < in_order.sections.size(); ++i) {
    const vm::ListedSection& one = listed->sections[i];
    const vm::ListedSection& other = in_order.sections[i];
    CHECK(std::tie(one.name, one.instance, one.version, one.offset) ==
          std::tie(other.name, other.instance, other.version, other.offset));
    CHECK((one.parts == 0) == (other.parts == 0));
    if (other.parts == 0) CHECK(one.size == other.size);
  }
  CHECK_FALSE(vm::list_from_end(SavedVm::open(stream, {.from_end = false}).or_throw()));
  CHECK_FALSE(vm::list_from_end(SavedVm::open(large({devices(), NativeBuilder().eof()})).or_throw()));
}

TEST_CASE("what does not fit together at the end of a file is read in order") {
  const auto other = [](std::string text, const std::string& old, const std::string& fresh) {
    return text.replace(text.find(old), old.size(), fresh);
  };
  NativeBuilder behind;
  behind.u8(0);
  NativeBuilder command;
  command.command(2, from_hex("00000001"));
  NativeBuilder one;
  one.device(7, "dev", dev_state(), 0, 2);
  NativeBuilder undescribed;
  undescribed.device(9, "odd", from_hex("0102"), 0, 1);
  NativeBuilder bitmap;
  bitmap.section(1, 5, "dirty-bitmap", 0, 1).u8(1).footer(5).end(5).u8(1).footer(5);
  SECTION("bytes behind it") { from_end(large({devices(), ended(described()), behind}), false); }
  SECTION("no description") { from_end(large({devices(), NativeBuilder().eof()}), false); }
  SECTION("a command between") { from_end(large({command, devices(), ended(described())}), false); }
  SECTION("a device less") { from_end(large({one, ended(described())}), false); }
  SECTION("a device more, first") { from_end(large({undescribed, devices(), ended(described())}), false); }
  SECTION("a device more, last") { from_end(large({devices(), undescribed, ended(described())}), false); }
  SECTION("another iterative section") { from_end(large({bitmap, devices(), ended(described())}), false); }
  SECTION("another name") {
    from_end(large({devices(), ended(other(described(), "\"old\"", "\"odd\""))}), false);
  }
  SECTION("another instance") {
    NativeBuilder moved;
    moved.device(7, "dev", dev_state(), 1, 2).device(0, "old", old_state(), 3);
    from_end(large({moved, ended(described())}), false);
  }
  SECTION("another order") {
    NativeBuilder turned;
    turned.device(0, "old", old_state(), 3).device(7, "dev", dev_state(), 0, 2);
    from_end(large({turned, ended(described())}), false);
  }
}

TEST_CASE("devices from the end that are not those of the stream are refused when it is read") {
  NativeBuilder pages_end;
  pages_end.eos().footer(2);
  // All that follows the first end is trailing data.
  const Bytes stream = large({devices(), ended(described()), pages_end, devices(8), ended(described())});
  const auto vm = SavedVm::open(stream).or_throw();
  CHECK(vm.devices().or_throw().size() == 2);
  CHECK(vm.are_devices_from_end());
  Bytes page(page_size);
  const auto status = vm.memory().read(0, 0, page);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::description_mismatch);
  CHECK(vm.memory().read(0, 0, page).error().offset == status.error().offset);
}

TEST_CASE("a page may be changed by any number of deltas, and is read in bounded time") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", page_size).ram(2, {"pc.ram"}, 2 * page_size).part(2);
  to.zero("pc.ram", 0).page({}, page_size, 7);
  for (unsigned i = 1; i <= 5000; ++i)
    to.xbzrle({}, page_size, Bytes{0, 2, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)});
  to.eos().footer(2).ended(2).eof();
  const auto vm = SavedVm::open(to.bytes()).or_throw();
  Bytes expected(page_size, 7);
  expected[0] = 5000 >> 8U;
  expected[1] = 5000 & 0xff;
  Bytes page(page_size);
  vm.memory().read("pc.ram", page_size, page).or_throw();
  CHECK(page == expected);
}

TEST_CASE("memory that is not in the stream is refused") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", page_size).ram(2, {"pc.ram"}, 4 * page_size).part(2);
  to.page("pc.ram", page_size, 7).page({}, 2 * page_size, 8).eos().footer(2).ended(2).eof();
  const auto vm = SavedVm::open(to.bytes()).or_throw();
  const Memory memory = vm.memory();
  Bytes bytes(2 * page_size);
  CHECK(memory.read(0, page_size, bytes));
  CHECK(memory.read(0, page_size + 1, bytes).error().code == Errc::unsupported);
  CHECK(memory.read(0, page_size + 1, bytes, Unsent::zeros));
  CHECK(bytes.back() == 0);
  CHECK(bytes.front() == 7);
  CHECK(memory.read(0, 3 * page_size, bytes).error().code == Errc::usage);
  CHECK(memory.read(0, ~std::uint64_t{0}, bytes).error().code == Errc::usage);
  CHECK(memory.read(1, 0, bytes).error().code == Errc::usage);
  CHECK(memory.read("pc.rom", 0, bytes).error().code == Errc::usage);
  CHECK(memory.read_physical(page_size, bytes));
  CHECK(memory.read_physical(3 * page_size, bytes, Unsent::zeros).error().code == Errc::usage);
  CHECK(memory.read_physical(0xfffff000, bytes).error().code == Errc::usage);
  CHECK(memory.find(0, 1).or_throw().kind == vm::StoredPage::Kind::full);
  CHECK(memory.find(0, 3).or_throw().kind == vm::StoredPage::Kind::unsent);
  CHECK(memory.find(1, 0).error().code == Errc::usage);
}
