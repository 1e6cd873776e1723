// SPDX-License-Identifier: LGPL-2.1-or-later
// Pages in batches are the pages that come one by one, in either form, and so is what is wrong with them.
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <random>

using namespace qember;
using namespace qember::test;

namespace {

struct SeenPage {
  event::RamPageKind kind;
  std::uint8_t fill;
  bool names_block;
  std::uint32_t block;
  std::uint64_t addr;
  Bytes data;

  explicit SeenPage(const event::RamPage& page)
      : kind(page.kind),
        fill(page.fill),
        names_block(page.names_block),
        block(page.block),
        addr(page.addr),
        data(page.data.begin(), page.data.end()) {}
  bool operator==(const SeenPage&) const = default;
};

struct Seen {
  std::vector<SeenPage> pages;
  std::vector<std::string> places;  ///< of the pages; empty for those that did not come last in their batch
  std::size_t largest_batch = 0;
  std::string end;
};

/// A stream in the native form or in BER.
struct Opened {
  explicit Opened(bool is_native) {
    if (is_native) {
      reader = std::make_unique<qevm::Reader>(input, Limits::untrusted());
      source = std::make_unique<event::ReorderingBuffer>(*reader, Limits::untrusted());
    } else {
      source = std::make_unique<qber::Reader>(input, Limits::untrusted());
    }
  }

  io::Input input;
  std::unique_ptr<qevm::Reader> reader;
  std::unique_ptr<event::Source> source;
};

Seen read(ByteView bytes, std::size_t batch, std::size_t chunk) {
  Seen seen;
  Opened opened(bytes[0] == 0x51);
  event::Source& source = *opened.source;
  std::vector<event::RamPage> room(batch);
  const auto note = [&](std::span<const event::RamPage> pages) {
    for (const event::RamPage& page : pages) seen.pages.emplace_back(page);
    seen.places.resize(seen.pages.size());
    seen.places.back() = std::to_string(source.offset()) + ' ' + source.path();
    seen.largest_batch = std::max(seen.largest_batch, pages.size());
  };
  for (;;) {
    if (const std::size_t count = source.next_pages(room); count != 0) {
      note(std::span(room).first(count));
      continue;
    }
    const auto event = source.next();
    if (!event && event.error().code == Errc::need_more) {
      const std::size_t size = std::min(chunk, bytes.size());
      opened.input.feed(bytes.first(size));
      bytes = bytes.subspan(size);
      if (bytes.empty()) opened.input.finish();
      continue;
    }
    if (!event) return seen.end = to_string(event.error()), seen;
    if (std::holds_alternative<event::StreamEnd>(*event)) return seen.end = "the end", seen;
    if (const auto* page = std::get_if<event::RamPage>(&*event)) note({page, 1});
  }
}

void check_alike(const Seen& batches, const Seen& single) {
  CHECK(batches.end == single.end);
  CHECK((batches.pages == single.pages));
  REQUIRE(batches.places.size() == single.places.size());
  for (std::size_t i = 0; i < single.places.size(); ++i)
    if (!batches.places[i].empty() && batches.places[i] != single.places[i])
      FAIL_CHECK(batches.places[i] << " is not " << single.places[i]);
}

}  // namespace

TEST_CASE("batches of a source are its pages one by one") {
  for (const Bytes& stream : {sample(), encode(sample()).out}) {
    const Seen single = read(stream, 0, stream.size());
    REQUIRE(single.end == "the end");
    REQUIRE(single.pages.size() > 1000);
    REQUIRE(single.largest_batch == 1);
    for (const std::size_t batch : {1, 3, 64})
      for (const std::size_t chunk : {stream.size(), std::size_t{4999}}) {
        const Seen batches = read(stream, batch, chunk);
        CHECK(batches.largest_batch == batch);
        check_alike(batches, single);
      }
  }
}

TEST_CASE("batches count in a package as pages do") {
  NativeBuilder part;
  const std::size_t head = part.size();
  part.part(2).page("pc.ram", 0, 1);
  for (std::uint64_t addr = 0x1000; addr < 0x8000; addr += 0x1000) part.page({}, addr, 1);
  part.eos().footer(2);
  const Bytes bytes = part.bytes();
  Bytes size(4);
  store_be(size.data(), static_cast<std::uint32_t>(bytes.size() - head));
  NativeBuilder to;
  to.ram(2, {"pc.ram"}, 0x8000)
      .command(7, size)
      .raw(ByteView(bytes).subspan(head))
      .end(2)
      .eos()
      .footer(2)
      .eof();
  for (Bytes stream : {to.bytes(), encode(to.bytes()).out}) {
    const Seen single = read(stream, 0, stream.size());
    CHECK(single.end == "the end");
    check_alike(read(stream, 64, stream.size()), single);

    // A package that ends within its last element.
    const auto said = std::search(stream.begin(), stream.end(), size.begin(), size.end());
    REQUIRE(said != stream.end());
    --*(said + 3);
    const Seen refused = read(stream, 0, stream.size());
    CHECK(refused.end != "the end");
    check_alike(read(stream, 64, stream.size()), refused);
  }
}

TEST_CASE("batches of a damaged source end where its pages do") {
  std::mt19937 random(8);
  for (const Bytes& sound : {small_stream().bytes(), encode(small_stream().bytes()).out}) {
    for (std::size_t at = 4; at < sound.size(); at += 1 + random() % 3) {
      Bytes damaged = sound;
      damaged[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
      INFO(at);
      check_alike(read(damaged, 64, damaged.size()), read(damaged, 0, damaged.size()));
    }
  }
}
