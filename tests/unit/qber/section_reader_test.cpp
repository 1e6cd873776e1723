// SPDX-License-Identifier: LGPL-2.1-or-later
// What the sections of a stream are read as: pages in batches as one by one, and what asn1c reads too.
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/qber/section_reader.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace qember;
using namespace qember::test;

namespace {

struct SeenPage {
  ram::PageKind kind;
  std::uint64_t addr;
  Bytes data;

  bool operator==(const SeenPage&) const = default;
};

struct Seen {
  std::vector<SeenPage> pages;
  std::vector<std::string> places;  ///< of pages that came last in their batch, and of all other events
  std::size_t largest_batch = 0;
  std::string end;
};

SeenPage copy_of(const ram::PageView& page) {
  return {page.kind, page.addr, Bytes(page.data.begin(), page.data.end())};
}

std::string place_of(const qber::SectionReader& reader) {
  return std::to_string(reader.offset()) + ' ' + reader.path();
}

/// All that the reader has, pages in batches of at most `batch`, or as events where that is 0.
Seen read(ByteView ber, std::size_t batch, std::size_t chunk) {
  Seen seen;
  io::Input input;
  qber::SectionReader reader(input);
  std::vector<ram::PageView> room(batch);
  for (;;) {
    // Not always all that could be had.
    const std::size_t peeked = reader.peek_pages(room);
    const std::size_t count = peeked > 2 ? peeked - seen.pages.size() % 2 : peeked;
    reader.take_pages(count);
    for (const ram::PageView& page : std::span(room).first(count)) seen.pages.push_back(copy_of(page));
    seen.largest_batch = std::max(seen.largest_batch, count);
    if (count != 0) {
      seen.places.push_back(place_of(reader));
      continue;
    }
    const auto event = reader.next();
    if (!event && event.error().code == Errc::need_more) {
      const std::size_t size = std::min(chunk, ber.size());
      input.feed(ber.first(size));
      ber = ber.subspan(size);
      if (ber.empty()) input.finish();
      continue;
    }
    if (!event) return seen.end = to_string(event.error()), seen;
    if (std::holds_alternative<qber::InputEnd>(*event)) return seen.end = "the end", seen;
    seen.places.push_back(place_of(reader));
    if (const auto* page = std::get_if<ram::PageView>(&*event)) seen.pages.push_back(copy_of(*page));
  }
}

/// Whether `some` are all in `all`, in that order.
bool follow_one_another_in(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  auto at = all.begin();
  for (const std::string& each : some) {
    at = std::find(at, all.end(), each);
    if (at == all.end()) return false;
    ++at;
  }
  return true;
}

/// How the reading ends; asn1c takes each section of a device ahead of that.
std::string read_sections(ByteView ber) {
  io::Input input = io::Input::over(ber);
  qber::SectionReader reader(input, Limits::untrusted());
  for (;;) {
    const auto event = reader.next();
    if (!event) return to_string(event.error());
    if (std::holds_alternative<qber::InputEnd>(*event)) return "the end";
    if (const auto* section = std::get_if<qber::FullSection>(&*event))
      CHECK(asn1::decode<asn1::SecFull>(section->encoded));
  }
}

}  // namespace

TEST_CASE("pages in batches are the pages that come one by one") {
  const Bytes ber = encode(sample()).out;
  const Seen single = read(ber, 0, ber.size());
  REQUIRE(single.end == "the end");
  REQUIRE(single.pages.size() > 1000);
  for (const std::size_t batch : {1, 3, 64})
    for (const std::size_t chunk : {ber.size(), std::size_t{4999}}) {
      const Seen batches = read(ber, batch, chunk);
      CHECK(batches.end == "the end");
      CHECK(batches.largest_batch == batch);
      CHECK((batches.pages == single.pages));
      CHECK(follow_one_another_in(single.places, batches.places));
    }
}

TEST_CASE("asn1c reads each section that is given out, whatever the damage") {
  const Bytes sound = encode(small_stream().bytes()).out;
  REQUIRE(read_sections(sound) == "the end");
  for (std::size_t at = 0; at < sound.size(); ++at)
    for (const std::uint8_t change : {0x01, 0x20, 0x80}) {
      Bytes damaged = sound;
      damaged[at] ^= change;
      INFO(at << " ^ " << int{change});
      read_sections(damaged);
    }
}

TEST_CASE("a section that is held whole is written as asn1c writes it, in DER") {
  constexpr std::size_t small = std::size_t{4} << 20U;
  std::size_t values = 0;
  for (const auto& path : real_streams()) {
    const Bytes native = load(path);
    if (native.size() > small) continue;
    INFO(path.filename().string());
    const Converted ber = encode(native);
    REQUIRE_FALSE(ber.error);
    io::Input input = io::Input::over(ber.out);
    qber::SectionReader reader(input);
    for (;;) {
      const auto event = reader.next();
      if (!event) FAIL(to_string(event.error()));
      if (std::holds_alternative<qber::InputEnd>(*event)) break;
      const auto* const full = std::get_if<qber::FullSection>(&*event);
      if (full == nullptr) continue;
      const auto tree = asn1::decode<asn1::SecFull>(full->encoded);
      // One with more values than a tree may have is not held whole.
      if (!tree && tree.error().code == Errc::limit) continue;
      if (!tree) FAIL(to_string(tree.error()));
      values += (*tree)->contents().as_vmstate() ? 1U : 0U;
      const auto der = asn1::encode(**tree);
      if (!der || !std::ranges::equal(*der, full->encoded)) FAIL_CHECK(full->fields.name);
    }
  }
  CHECK(values > 0);
}
