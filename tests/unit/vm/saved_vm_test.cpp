// SPDX-License-Identifier: LGPL-2.1-or-later
// A saved VM through the face of the library: the same devices and pages as in one pass of the stream,
// whatever it comes from.
#include "support/convert.hpp"
#include "support/events.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <qember/event/section_collector.hpp>
#include <qember/saved_vm.hpp>
#include <qember/vm/final_ram.hpp>
#include <qember/vm/ram_presence.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace qember;
using namespace qember::test;

namespace {

/// Pages that hold anything, by block and offset; no call crosses a page.
class Pages final : public vm::RamStore {
 public:
  explicit Pages(const event::Source& source) : source_(source) {}

  bool wants(std::uint32_t) override { return true; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override {
    pages_[{block, addr}].assign(data.begin(), data.end());
    return {};
  }
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override {
    std::ranges::copy(pages_.at({block, addr}), data.begin());
    return {};
  }
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override {
    pages_.erase(pages_.lower_bound({block, addr}), pages_.lower_bound({block, addr + size}));
    return {};
  }
  /// Whether the page at that offset is this.
  bool holds(std::uint32_t block, std::uint64_t addr, ByteView page) const {
    const auto found = pages_.find({block, addr});
    if (found == pages_.end()) return std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0; });
    return std::ranges::equal(found->second, page);
  }

 private:
  const event::Source& source_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> pages_;
};

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

/// What one pass of a stream knows.
struct Pass {
  explicit Pass(ByteView stream)
      : opened(stream, true),
        pages(opened.source()),
        ram(opened.source(), pages, Limits::trusted()),
        collector(opened.source(), Limits::trusted(), {true, true, true}, [this](auto&& section) {
          if (section.type == event::Element::section_full) devices.push_back(std::move(section));
          return Status();
        }) {
    status = opened.each([this](const event::Event& event) {
      auto taken = ram.take(event);
      return taken ? collector.take(event) : taken;
    });
  }

  Opened opened;
  Pages pages;
  vm::FinalRam ram;
  std::vector<event::CollectedSection> devices;
  event::SectionCollector collector;
  Status status;
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
  for (const auto& path : real_streams()) {
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
