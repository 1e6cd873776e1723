// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/section_collector.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace qember;
using namespace qember::event;

namespace {

/// Two devices `d`, told apart by the names of their fields, and one `e`.
constexpr std::string_view json = R"({"devices": [
  {"name": "d", "instance_id": 0, "vmsd_name": "first", "version": 1,
   "fields": [{"name": "a", "type": "uint16", "size": 2}]},
  {"name": "d", "instance_id": 0, "vmsd_name": "second", "version": 1,
   "fields": [{"name": "b", "type": "uint16", "size": 2}]},
  {"name": "e", "instance_id": 3, "vmsd_name": "e", "version": 1,
   "fields": [{"name": "c", "type": "uint8", "size": 1}]}]})";

class Place final : public Context {
 public:
  Session state{Limits{}};
  std::uint64_t at = 0;

  const Session& session() const override { return state; }
  std::uint64_t offset() const override { return at; }
  std::string path() const override { return "at " + std::to_string(at); }
};

/// A collector and all that it has handed out.
struct Collected {
  explicit Collected(SectionCollector::Options options = {}, const Limits& limits = {})
      : collector(place, limits, options, [this](CollectedSection&& section) -> Status {
          sections.push_back(std::move(section));
          return answer;
        }) {}

  Status add(Element type, std::string_view name, std::uint32_t instance, const Bytes& body) {
    place.at += 100;
    collector.on(SectionBegin{type, 9, name, instance, 2});
    place.at += 10;
    // In pieces, as it comes.
    for (const std::uint8_t& byte : body) collector.on(Body{ByteView(&byte, 1)});
    return collector.on(SectionEnd{});
  }
  void full(std::string_view name, std::uint32_t instance, const Bytes& body) {
    REQUIRE(add(Element::section_full, name, instance, body));
  }
  void describe(std::string_view text = json) { REQUIRE(collector.on(DescriptionText{as_bytes(text)})); }
  std::vector<Fit> fits() const {
    std::vector<Fit> all;
    for (const CollectedSection& section : sections) all.push_back(section.fit);
    return all;
  }

  Place place;
  Status answer;
  std::vector<CollectedSection> sections;
  SectionCollector collector;
};

using Fits = std::vector<Fit>;

}  // namespace

TEST_CASE("a section has its header, its place, its digest and its body") {
  Collected all;
  all.describe();
  all.full("e", 3, {7});
  REQUIRE(all.sections.size() == 1);
  const CollectedSection& e = all.sections[0];
  CHECK(e.name == "e");
  CHECK(e.id == 9);
  CHECK(e.instance == 3);
  CHECK(e.version == 2);
  CHECK(e.type == Element::section_full);
  CHECK(e.offset == 100);
  CHECK(e.path == "at 100");
  CHECK(e.size == 1);
  CHECK(e.body == Bytes{7});
  CHECK(e.digest == digest_of(Bytes{7}));
  CHECK(e.fit == Fit::fits);
  CHECK(e.device->state.name == "e");
  CHECK_FALSE(e.error);
}

TEST_CASE("each fit is told from the others") {
  Limits limits;
  limits.max_section = 4;
  Collected all({}, limits);
  all.full("d", 0, {1, 2});  // takes no device: nothing is described yet
  all.describe();
  all.full("d", 0, {1, 2});
  all.full("d", 0, {1, 2, 3});
  all.full("d", 0, {1, 2});
  all.full("e", 4, {1});
  all.full("e", 3, {1, 2, 3, 4, 5});
  REQUIRE(all.add(Element::section_start, "d", 0, {1, 2}));
  CHECK(all.fits() == Fits{Fit::before_description, Fit::fits, Fit::does_not_fit, Fit::undescribed,
                           Fit::undescribed, Fit::beyond_section_limit, Fit::in_parts});
  REQUIRE(all.sections[2].error);
  CHECK(name_of(all.sections[2].error->code) == "description_mismatch");
  CHECK(all.sections[2].error->offset == 2);
  CHECK(all.sections[2].device != nullptr);
  CHECK(all.sections[5].device != nullptr);
  for (const std::size_t without : {0U, 3U, 4U, 5U, 6U}) CHECK(all.sections[without].body.empty());
  CHECK(all.sections[5].size == 5);
  CHECK(all.sections[5].digest == digest_of(Bytes{1, 2, 3, 4, 5}));
}

TEST_CASE("sections of one name and instance take the devices in their order") {
  Collected all;
  all.describe();
  all.full("d", 0, {1, 2});
  all.full("e", 3, {1});
  REQUIRE(all.add(Element::section_start, "d", 0, {1, 2}));  // takes none
  all.full("d", 0, {1, 2});
  all.full("d", 0, {1, 2});
  REQUIRE(all.sections.size() == 5);
  CHECK(all.sections[0].device->state.name == "first");
  CHECK(all.sections[3].device->state.name == "second");
  CHECK(all.sections[4].device == nullptr);
}

TEST_CASE("early sections wait for the description, and are described first") {
  Collected all({.early_waits = true});
  all.full("d", 0, {1, 2});
  REQUIRE(all.add(Element::section_start, "block", 0, {1}));  // does not wait
  all.full("x", 0, {1});
  CHECK(all.fits() == Fits{Fit::in_parts});
  all.describe();
  all.full("d", 0, {3, 4});
  REQUIRE(all.collector.on(StreamEnd{}));
  CHECK(all.fits() == Fits{Fit::in_parts, Fit::fits, Fit::undescribed, Fit::fits});
  CHECK(all.sections[1].device->state.name == "first");
  CHECK(all.sections[1].offset == 100);
  CHECK(all.sections[1].body == Bytes{1, 2});
  CHECK(all.sections[3].device->state.name == "second");
}

TEST_CASE("early sections wait no longer than for the end, and not for a description behind it") {
  Collected all({.early_waits = true});
  all.full("d", 0, {1, 2});
  SECTION("the end mark") { REQUIRE(all.collector.on(Eof{})); }
  SECTION("the end of the stream") { REQUIRE(all.collector.on(StreamEnd{})); }
  SECTION("a stream that breaks off") { REQUIRE(all.collector.finish()); }
  SECTION("a description that can't be read") {
    all.describe("{");
    CHECK(all.collector.description_error());
    CHECK(all.collector.description() == nullptr);
  }
  CHECK(all.fits() == Fits{Fit::before_description});
  all.full("d", 0, {1, 2});
  CHECK(all.sections.size() == 2);
  all.describe();
  REQUIRE(all.collector.finish());
  CHECK(all.sections.size() == 2);
}

TEST_CASE("what waits is bounded, and room comes back") {
  Limits limits;
  limits.max_held = 3 * sizeof(CollectedSection);
  Collected all({.early_waits = true}, limits);
  for (int i = 0; i < 4; ++i) all.full("d", 0, {1, 2});
  CHECK(all.fits().empty());
  all.describe();
  CHECK(all.fits() == Fits{Fit::fits, Fit::fits, Fit::beyond_held_limit, Fit::beyond_held_limit});
  for (int i = 0; i < 100; ++i) all.full("e", 3, {1});
  CHECK(all.sections.size() == 104);
  CHECK(all.sections[4].fit == Fit::fits);
  CHECK(all.sections[5].fit == Fit::undescribed);
}

TEST_CASE("one that is beyond a limit comes in its place, and takes its device") {
  Limits limits;
  limits.max_section = 2;
  Collected all({.early_waits = true}, limits);
  all.full("e", 3, {1});
  all.full("d", 0, {1, 2, 3});
  all.full("d", 0, {1, 2});
  CHECK(all.sections.empty());
  all.describe();
  CHECK(all.fits() == Fits{Fit::fits, Fit::beyond_section_limit, Fit::fits});
  CHECK(all.sections[2].device->state.name == "second");
}

TEST_CASE("what the taker keeps counts as held, but for what it has not got") {
  Limits limits;
  limits.max_held = 2 * sizeof(CollectedSection) + 100;
  SECTION("bodies that a device describes") {
    Collected all({.taker_keeps = true}, limits);
    all.describe();
    for (int i = 0; i < 50; ++i) all.full("x", 0, {1});
    all.full("d", 0, {1, 2, 3});  // does not fit: its body is given up
    CHECK(all.sections.back().body.empty());
    all.full("d", 0, {1, 2});
    all.full("e", 3, {1});
    CHECK(all.sections.back().fit == Fit::fits);
  }
  SECTION("all bodies") {
    Collected all({.keeps_all = true, .taker_keeps = true}, limits);
    all.full("x", 0, {1});
    CHECK(all.sections.back().body == Bytes{1});
    all.describe();
    all.full("d", 0, {1, 2, 3});
    CHECK(all.sections.back().body == Bytes{1, 2, 3});
    all.full("e", 3, {1});
    CHECK(all.sections.back().fit == Fit::beyond_held_limit);
  }
}

TEST_CASE("a limit is seen as soon as it is passed") {
  Limits limits;
  limits.max_section = 2;
  Collected all({.keeps_all = true}, limits);
  all.collector.on(SectionBegin{Element::section_full, 1, "x", 0, 1});
  all.collector.on(Body{Bytes{1, 2}});
  CHECK_FALSE(all.collector.exceeded());
  all.collector.on(Body{Bytes{3}});
  CHECK(all.collector.exceeded() == Fit::beyond_section_limit);
  REQUIRE(all.collector.on(SectionEnd{}));
  CHECK_FALSE(all.collector.exceeded());
}

TEST_CASE("the last description counts, and a device outlives its own") {
  Collected all;
  all.describe();
  all.full("d", 0, {1, 2});
  all.describe(R"({"devices": [{"name": "x", "instance_id": 0, "vmsd_name": "x", "version": 1,
                   "fields": [{"name": "c", "type": "uint8", "size": 1}]}]})");
  all.full("d", 0, {1, 2});
  all.full("x", 0, {1});
  CHECK(all.fits() == Fits{Fit::fits, Fit::undescribed, Fit::fits});
  CHECK(all.sections[0].device->state.fields[0].name == "a");
}

TEST_CASE("sections of RAM, and one without an end, are not handed out") {
  Collected all;
  REQUIRE(all.add(Element::section_start, "ram", 0, {1}));
  REQUIRE(all.add(Element::section_full, "ram", 0, {1}));
  all.collector.on(SectionBegin{Element::section_full, 1, "cut", 0, 1});
  all.full("x", 0, {1});
  REQUIRE(all.collector.on(SectionEnd{}));
  REQUIRE(all.collector.on(StreamEnd{}));
  REQUIRE(all.sections.size() == 1);
  CHECK(all.sections[0].name == "x");
}

TEST_CASE("what the taker refuses is not handed out again") {
  Collected all({.early_waits = true});
  all.full("a", 0, {1});
  all.full("b", 0, {1});
  all.answer = Error{Errc::cancelled, 0, {}, {}, {}};
  CHECK_FALSE(all.collector.on(Eof{}));
  CHECK(all.sections.size() == 1);
  all.answer = {};
  CHECK(all.collector.finish());
  REQUIRE(all.sections.size() == 2);
  CHECK(all.sections[1].name == "b");
}
