// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls in any order, of any public class, are answered with an error value.
#include "event/rule.hpp"
#include "ram/page_encoder.hpp"
#include "support/hex.hpp"

#include <qember/advanced/event/checker.hpp>
#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/reader.hpp>
#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/census.hpp>
#include <qember/advanced/vm/final_ram.hpp>
#include <qember/advanced/vm/page_map.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <random>

using namespace qember;
using namespace qember::event;
using namespace qember::vm;

namespace {

/// Says what it is told to, whatever that makes.
class Scripted final : public Source {
 public:
  std::deque<Event> events;
  Session state{Limits{}};

  Result<Event> next() override {
    if (events.empty()) return Event{StreamEnd{}};
    Event event = std::move(events.front());
    events.pop_front();
    return event;
  }
  std::uint64_t offset() const override { return 0; }
  std::string path() const override { return "here"; }
  const Session& session() const override { return state; }
  bool is_description_first() const override { return has_description_first; }

  bool has_description_first = true;
};

/// Keeps nothing.
class NoStore final : public RamStore {
 public:
  bool wants(std::uint32_t) override { return true; }
  Status write(std::uint32_t, std::uint64_t, ByteView) override { return {}; }
  Status read(std::uint32_t, std::uint64_t, MutableBytes) override { return {}; }
  Status clear(std::uint32_t, std::uint64_t, std::uint64_t) override { return {}; }
};

const std::vector<RamBlock> blocks{{"a", 0x4000}, {"b", 0x1000}};
const std::vector<RamBlock> mapped{{"a", 0x1000, {}, {}, MappedRam{1, 4096, 100, 200}}};
const std::vector<RamBlock> mixed{mapped[0], blocks[1]};
const std::vector<RamBlock> long_name{{std::string(300, 'x'), 0x1000}};
const Bytes full(4096, 7);
const std::string too_long(300, 'y');

RamPage page(RamPageKind kind, std::uint32_t block, std::uint64_t addr, ByteView data = {}) {
  return {kind, 0, true, block, addr, data, true};
}

/// Of each kind, sound and not.
const std::vector<Event> samples{
    StreamBegin{},
    Configuration{},
    Configuration{{}, {{"configuration/target-page-bits", 1, {}}}},
    Configuration{{}, {{"configuration/capabilities", 1, {0, 0, 0, 1, 200, 'x'}}}},
    Command{1, {}},
    Command{7, {}},
    Command{6, as_bytes(std::string_view("\0\1a\0", 4))},
    SectionBegin{Element::section_start, 1, "ram", 0, 4},
    SectionBegin{Element::section_full, 2, "ram", 0, 4},
    SectionBegin{Element::section_part, 1, "ram", 0, 4},
    SectionBegin{Element::section_end, 1, "ram", 0, 4},
    SectionBegin{Element::section_full, 3, "dev", 0, 1},
    SectionBegin{Element::section_full, 3, too_long, 0, 1},
    SectionBegin{Element::section_start, 4, "block", 0, 1},
    RamBlocks{0x5000, blocks},
    RamBlocks{0x1000, mapped},
    RamBlocks{0x2000, mixed},
    RamBlocks{0x1000, long_name},
    RamBlocks{},
    RamControl{0x200},
    RamControl{0x80},
    page(RamPageKind::zero, 0, 0),
    page(RamPageKind::full, 1, 0, full),
    page(RamPageKind::xbzrle, 0, 0, full),
    page(RamPageKind::compressed, 0, 0x1000, full),
    page(RamPageKind::zero, 9, 0),
    page(RamPageKind::full, 0, ~std::uint64_t{0} << 12U, full),
    MappedBitmap{0, full},
    MappedBitmap{9, full},
    MappedStale{0, 0, full},
    MappedStale{9, 0, full},
    Body{full},
    SectionEnd{true},
    SectionEnd{false},
    Eof{},
    DescriptionText{as_bytes("{}")},
    TrailingData{full, false},
    TrailingData{full, true},
    SchemaValue{"screen", full, false},
    SchemaValue{"log", full, true},
    StreamEnd{},
};

/// All that take events.
struct Takers {
  explicit Takers(Scripted& source) : source(source) {
    encoder = std::make_unique<qber::Writer>(source, ber);
    measurer = std::make_unique<qber::Writer>(source, measuring);
  }

  Scripted& source;
  NoStore store;
  io::Output encoded;
  io::Output written;
  qber::Lengths lengths;
  qber::SectionWriter ber{encoded};
  qber::SectionWriter measuring = qber::SectionWriter::measuring(lengths);
  std::unique_ptr<qber::Writer> encoder;
  std::unique_ptr<qber::Writer> measurer;
  qevm::Writer writer{written};
  std::vector<Error> findings;
  Checker checker{source, {}, [this](const Error& error) {
                    findings.push_back(error);
                    return true;
                  }};
  Census census{source};
  PageMap map{source};
  FinalRam final_ram{source, store};

  /// Whether the two that write agree on the order.
  bool take(const Event& event) {
    const auto put = writer.take(event);
    const auto encoded_too = encoder->take(event);
    static_cast<void>(measurer->take(event));
    static_cast<void>(checker.take(event));
    static_cast<void>(final_ram.take(event));
    static_cast<void>(census.take(event));
    static_cast<void>(map.take(event));
    // Where a page of a mapped-ram file goes, the native form alone has to know.
    return put.ok() || !encoded_too.ok() || put.error().code == Errc::page_outside_block;
  }
};

}  // namespace

TEST_CASE("events in any order do no harm") {
  std::mt19937 random(1);
  for (int turn = 0; turn < 3000; ++turn) {
    Scripted source;
    if (turn % 3 == 1) REQUIRE(source.state.open_blocks(0x5000, blocks));
    Takers takers(source);
    // Half of them in an order that goes far.
    std::vector<std::size_t> order;
    if (turn % 2 == 1) order = {0, 4, 7, 14 + random() % 2, 21, 32, 9, 22, 32};
    for (int i = 0; i < 12; ++i) {
      const auto at = static_cast<std::ptrdiff_t>(random() % (order.size() + 1));
      order.insert(order.begin() + at, random() % samples.size());
    }
    for (const std::size_t index : order) {
      CAPTURE(turn, index);
      CHECK(takers.take(samples[index]));
      source.events.push_back(samples[index]);
    }
    ReorderingBuffer buffer(source);
    for (std::size_t i = 0; i <= order.size(); ++i) static_cast<void>(buffer.next());
  }
}

TEST_CASE("a page before any list of blocks is refused, and nothing is written") {
  Scripted source;
  Takers takers(source);
  const RamPage early = page(RamPageKind::full, 0, 0, full);
  for (const Event& before :
       {Event(StreamBegin{}), Event(SectionBegin{Element::section_start, 1, "ram", 0, 4})}) {
    const std::size_t written = takers.written.pending();
    const auto refused = takers.writer.take(Event(early));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::wrong_order);
    REQUIRE_FALSE(takers.encoder->take(Event(early)));
    REQUIRE_FALSE(takers.encoder->take(std::span(&early, 1)));
    REQUIRE_FALSE(takers.writer.take(std::span(&early, 1)));
    CHECK(takers.written.pending() == written);
    REQUIRE(takers.writer.take(before));
    REQUIRE(takers.encoder->take(before));
  }
  CHECK(takers.final_ram.take(Event(early)).error().rule == "block_known");
  takers.findings.clear();
  REQUIRE(takers.checker.take(Event(early)));
  REQUIRE(takers.findings.size() == 1);
  REQUIRE(takers.map.take(Event(early)));
  CHECK(takers.map.rounds().empty());
}

TEST_CASE("a writer of BER refuses events of which the description comes last") {
  Scripted source;
  source.has_description_first = false;
  io::Output output;
  qber::SectionWriter ber(output);
  qber::Writer typed(source, ber);
  const auto refused = typed.take(Event(StreamBegin{}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::usage);
  const RamPage first = page(RamPageKind::full, 0, 0, full);
  CHECK_FALSE(typed.take(std::span(&first, 1)));
  CHECK(output.written() == 0);

  qber::Writer opaque(source, ber, {}, {.opaque = true});
  CHECK(opaque.take(Event(StreamBegin{})));
  const ReorderingBuffer buffer(source);
  qber::Writer behind(buffer, ber);
  CHECK(behind.take(Event(StreamBegin{})));
}

TEST_CASE("a session keeps nothing of what it refuses") {
  Session session{Limits{}};
  Configuration configuration{{},
                              {{"configuration/target-page-bits", 1, {0, 0, 0, 13}},
                               {"configuration/capabilities", 1, {1, 0, 0, 0}}}};
  CHECK_FALSE(session.note(configuration));
  CHECK_FALSE(session.page_size());
  for (const Bytes& names : {Bytes{0, 0, 0, 1}, Bytes{0, 0, 0, 1, 2, 'a'}, Bytes{0, 0, 0, 1, 1, 'a', 0}}) {
    configuration.subsections[1].payload = names;
    CHECK(session.note(configuration).error().code == Errc::bad_length);
    CHECK_FALSE(session.page_size());
  }
  CHECK_FALSE(session.note(page(RamPageKind::zero, 0, 0)));
  REQUIRE(session.open_blocks(0x5000, blocks));
  CHECK(session.open_blocks(0x1000, {{"c", 0x1000}}).error().rule == "blocks_once");
  CHECK(session.blocks().size() == 2);
  CHECK_FALSE(session.note(page(RamPageKind::zero, 0, 0x800)));
  CHECK_FALSE(session.page_size());
  CHECK_FALSE(session.note(SectionBegin{Element::section_end, 5, "block", 0, 1}));
  CHECK(session.sections().empty());
  session.set_page_size(0);
  CHECK(session.page_size_or_default() == default_page_size);
}

TEST_CASE("after an error a reader says the same again, after the end that") {
  const Bytes bad = test::from_hex("51 45 56 4d 00 00 00 03 09");
  auto input = io::Input::over(bad);
  qevm::Reader reader(input);
  REQUIRE(reader.next());
  const auto first = reader.next();
  REQUIRE_FALSE(first);
  for (int i = 0; i < 3; ++i) CHECK(to_string(reader.next().error()) == to_string(first.error()));
  std::array<RamPage, 4> room;
  CHECK(reader.next_pages(room) == 0);

  const Bytes empty = test::from_hex("7fcdc551 80 020103 3080 0000 0000");
  auto ber = io::Input::over(empty);
  qber::Reader decoder(ber);
  std::optional<Event> last;
  for (int i = 0; i < 6; ++i) last = std::move(decoder.next()).or_throw();
  CHECK(std::holds_alternative<StreamEnd>(*last));

  const Bytes wrong = test::from_hex("7fcdc551 80 020103 3080 020105");
  auto ends = io::Input::over(wrong);
  qber::Reader refused(ends);
  REQUIRE(refused.next());
  const auto error = refused.next();
  REQUIRE_FALSE(error);
  for (int i = 0; i < 3; ++i) CHECK(to_string(refused.next().error()) == to_string(error.error()));

  auto odd = io::Input::over(bad);
  CHECK(qevm::Reader(odd, {}, {0, {}}).next().error().code == Errc::usage);
}

TEST_CASE("a writer of BER whose calls do not pair says so at the end") {
  io::Output output;
  qber::SectionWriter writer(output);
  writer.end_list();
  writer.end_ram();
  CHECK_FALSE(writer.end_file());
  qber::Lengths lengths;
  auto measuring = qber::SectionWriter::measuring(lengths);
  measuring.end_full();
  CHECK_FALSE(measuring.end_file());
  const qber::Lengths none;
  auto definite = qber::SectionWriter::definite(output, none);
  definite.begin_file();
  CHECK_FALSE(definite.end_file());
  qber::SectionWriter good(output);
  good.begin_file();
  CHECK(good.end_file());
}

TEST_CASE("sizes that no machine has are no harm") {
  CHECK(ram::PageCache(SIZE_MAX, 4096).places() == 0);
  CHECK(ram::PageCache(SIZE_MAX, SIZE_MAX).places() == 0);
  CHECK(ram::PageCache(SIZE_MAX, 0).places() == 0);
  CHECK(ram::PageCache(1 << 20, SIZE_MAX - 4).places() == 0);
  ram::PageEncoder encoder(4096, 1 << 20);
  ram::PageEncoder huge(SIZE_MAX, SIZE_MAX);
  encoder.begin_round();
  encoder.begin_round();
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{4096}, std::size_t{9000}}) {
    const Bytes bytes(size, 3);
    for (ram::PageEncoder* each : {&encoder, &huge, &encoder}) {
      const auto encoded = each->encode(1, bytes);
      if (size != 4096 && size != 0) CHECK((encoded && encoded->borrowed));
    }
  }
}

TEST_CASE("an input that was given whole can be fed, and an output told of nothing") {
  const Bytes bytes(200000, 5);
  for (const std::size_t used : {std::size_t{0}, std::size_t{150000}, bytes.size()}) {
    auto input = io::Input::over(bytes);
    input.consume(used);
    input.feed(Bytes{1, 2, 3});
    REQUIRE(input.view().size() == bytes.size() - used + 3);
    CHECK(input.view().back() == 3);
  }
  io::Output output;
  output.commit(nullptr);
  CHECK(output.pending() == 0);
}
