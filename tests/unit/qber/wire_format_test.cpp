// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams by a schema that extends the library's own, read from data: there and back, and what an older
// reader makes of them.
#include "support/hex.hpp"
#include "support/written.hpp"
#include "unit/qber/by_schema.hpp"

#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/live/ram_sender.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::size_t page_size = 256;

/// With alternatives of `Sections`, one of which may be lost, and one of `SecFull.contents`.
std::string extended() {
  std::string text = own_text();
  const std::string screen = std::to_string(types_in(text));
  const std::string octets = std::to_string(types_in(text) + 1);
  text = replaced(text, "member min ",
                  "member screen " + screen + " tag 1 1278\nmember log " + octets + " tag 3 7\nmember min ");
  const std::size_t contents = text.find("member oldblob", text.find("member ramblid"));
  text.insert(contents, "member uart " + screen + " tag 2 9\n");
  return text + "type Screen 5 named tag 1 1278\nmember pixels " + octets +
         " tag 0 4 size 1 8\ntype Octets 3 named tag 0 4\n";
}

/// With other tags wherever there are some; see schemas.vec for those that a type and a member may differ in.
std::string retagged() {
  std::string text = own_text();
  for (const char* const tag :
       {"1 9040", "1 11330", "1 2003", "1 211", "1 8018", "1 9810", "1 10700", "1 10693"})
    text = replaced(text, std::string(" tag ") + tag, std::string(" tag ") + tag + "7");
  return text;
}

constexpr std::array<std::uint8_t, 7> screen{0x7f, 0x89, 0x7e, 0x03, 0x04, 0x01, 0x55};
constexpr std::array<std::uint8_t, 4> log_value{0xc7, 0x02, 0x61, 0x62};
constexpr std::array<std::uint8_t, 5> uart{0xa9, 0x03, 0x04, 0x01, 0x77};

/// Two rounds, a device by its description, and what `format` adds, as far as it is asked for.
Bytes stream(const qber::WireFormat* format, bool screens = false, bool logs = false, bool uarts = false) {
  io::Output output;
  live::RamSender sender(output, {{{"ram", 4 * page_size}}, page_size, 0, format});
  const Bytes page(page_size, 7);
  for (int round = 0; round < 2; ++round) {
    sender.begin_round().or_throw();
    for (std::uint64_t addr = 0; addr < 4; ++addr)
      std::move(sender.page(0, addr * page_size, page)).or_throw();
    sender.end_round().or_throw();
    if (screens) sender.section("screen", screen).or_throw();
    if (logs) sender.section("log", log_value).or_throw();
  }
  device::DeviceState serial("serial", 0, 3);
  serial.set("divider", std::uint16_t{12});
  std::vector<live::TypedDevice> typed;
  if (uarts) typed.push_back({"uart", 1, 2, "uart", Bytes(uart.begin(), uart.end())});
  sender.finish(std::span(&serial, 1), typed).or_throw();
  return bytes_of(output);
}

}  // namespace

TEST_CASE("wire format: the library's own schema from data is the same as built in") {
  const Format own(own_text());
  REQUIRE(own.format.has_own_tags());
  REQUIRE_FALSE(own.format.adds_sections());
  REQUIRE(stream(&own.format) == stream(nullptr));
  const Bytes ber = stream(nullptr);
  const Read built_in = read(ber, nullptr);
  const Read from_data = read(ber, &own.format);
  REQUIRE_FALSE(from_data.error);
  REQUIRE(from_data.again == ber);
  REQUIRE(from_data.native == built_in.native);
  REQUIRE(built_in.native.size() > 8 * page_size);
}

TEST_CASE("wire format: a schema with other tags for everything") {
  const Format other(retagged());
  REQUIRE_FALSE(other.format.has_own_tags());
  const Bytes ber = stream(&other.format);
  const Read mine = read(ber, &other.format);
  REQUIRE_FALSE(mine.error);
  REQUIRE(mine.again == ber);
  REQUIRE(mine.native == read(stream(nullptr), nullptr).native);
  const Read by_own = read(ber, nullptr);
  REQUIRE(by_own.error);
  REQUIRE(by_own.error->code == Errc::bad_tag);
  REQUIRE(by_own.error->schema == qber::WireFormat::own().schema().fingerprint);
}

TEST_CASE("wire format: a section has the tag that its alternative has, whatever its type's is") {
  for (const char* const line : {"member full 13 tag 1 2003", "type SecFull 5 named tag 1 2003"}) {
    const std::string text(line);
    const Format other(replaced(own_text(), text, text + "7"));
    REQUIRE_FALSE(other.format.has_own_tags());
    const Bytes ber = stream(&other.format);
    REQUIRE((ber == stream(nullptr)) == text.starts_with("type"));
    const Read mine = read(ber, &other.format);
    REQUIRE_FALSE(mine.error);
    REQUIRE(mine.again == ber);
    REQUIRE(mine.native == read(stream(nullptr), nullptr).native);
  }
}

TEST_CASE("wire format: what a schema adds comes in its place and goes back the same") {
  const Format added(extended());
  const Bytes ber = stream(&added.format, true, true, true);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, ber.size()}) {
    const Read all = read(ber, &added.format, chunk);
    REQUIRE_FALSE(all.error);
    REQUIRE(all.again == ber);
    REQUIRE(all.values.size() == 5);
    REQUIRE(all.values[0].find(".screen screen 7") != std::string::npos);
    REQUIRE(all.values[1].find(".log log 4 lossy") != std::string::npos);
    REQUIRE(all.values[4].find(".full uart 5") != std::string::npos);
    REQUIRE(all.native_error);
    REQUIRE(all.native_error->code == Errc::unsupported);
  }
  // Every beginning of it is truncated, and no more.
  for (std::size_t size = 0; size < ber.size(); ++size) {
    const Read cut = read(ByteView(ber).first(size), &added.format);
    REQUIRE(cut.error);
    REQUIRE(cut.error->code == Errc::truncated);
  }
}

TEST_CASE("wire format: hostile bytes by another schema are refused or read, and nothing worse") {
  const Format added(extended());
  const Format other(retagged());
  for (const qber::WireFormat* const format : {&added.format, &other.format}) {
    const bool adds = format->adds_sections();
    const Bytes ber = stream(format, adds, adds, adds);
    for (std::size_t at = 0; at < ber.size(); ++at)
      for (const unsigned flips : {0x01U, 0x80U, 0xffU}) {
        Bytes changed = ber;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ flips);
        const Read all = read(changed, format);
        if (all.error) REQUIRE(all.error->offset <= changed.size());
      }
  }
}

TEST_CASE("wire format: an older reader reads over what may be lost, and refuses the rest by its place") {
  const Format added(extended());
  const std::string_view own = qber::WireFormat::own().schema().fingerprint;
  const Bytes logs = stream(&added.format, false, true);
  const Read over = read(logs, nullptr);
  REQUIRE_FALSE(over.error);
  REQUIRE(over.values.empty());
  const Read known = read(logs, &added.format);
  REQUIRE(known.values.size() == 2);
  REQUIRE_FALSE(known.native_error);
  REQUIRE(known.native == over.native);

  const Bytes screens = stream(&added.format, true);
  const Read refused = read(screens, nullptr);
  REQUIRE(refused.error);
  REQUIRE(refused.error->code == Errc::bad_tag);
  REQUIRE(refused.error->schema == own);
  REQUIRE(refused.error->found.find("[APPLICATION 1278]") == 0);
  const auto at = std::search(screens.begin(), screens.end(), screen.begin(), screen.end());
  REQUIRE(refused.error->offset == static_cast<std::uint64_t>(at - screens.begin()));

  const Read state = read(stream(&added.format, false, false, true), nullptr);
  REQUIRE(state.error);
  REQUIRE(state.error->schema == own);
  REQUIRE(state.error->path.find(".full.contents") != std::string::npos);
}

TEST_CASE("wire format: values are checked by the schema, when they are sent and when they come") {
  const Format added(extended());
  io::Output output;
  live::RamSender sender(output, {{{"ram", page_size}}, page_size, 0, &added.format});
  sender.begin_round().or_throw();
  REQUIRE(sender.section("screen", screen).error().code == Errc::wrong_order);
  sender.end_round().or_throw();
  const std::array<std::uint8_t, 6> empty{0x7f, 0x89, 0x7e, 0x02, 0x04, 0x00};
  REQUIRE(sender.section("screen", empty).error().code == Errc::constraint);
  REQUIRE(sender.section("screen", log_value).error().code == Errc::bad_value);
  REQUIRE(sender.section("none", screen).error().code == Errc::unsupported);
  REQUIRE(sender.section("uart", uart).error().code == Errc::unsupported);
  sender.section("screen", screen).or_throw();
  const live::TypedDevice unknown{"uart", 0, 0, "screen", Bytes(uart.begin(), uart.end())};
  REQUIRE(sender.finish({}, std::span(&unknown, 1)).error().code == Errc::unsupported);
  sender.finish({}).or_throw();
  // Contents that are sound, but not the alternative that they are said to be; and none.
  for (const Bytes& other : {from_hex("04 01 77"), from_hex("30 00"), from_hex("a9"), Bytes()}) {
    io::Output refused;
    live::RamSender to(refused, {{{"ram", page_size}}, page_size, 0, &added.format});
    to.begin_round().or_throw();
    to.end_round().or_throw();
    const live::TypedDevice device{"uart", 0, 0, "uart", other};
    const Status status = to.finish({}, std::span(&device, 1));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::bad_value);
    CHECK(status.error().expected == "one \"uart\"");
  }

  Bytes broken = stream(&added.format, true);
  const auto at = std::search(broken.begin(), broken.end(), screen.begin(), screen.end());
  *(at + 4) = 0x02;  // an INTEGER for pixels
  const Read refused = read(broken, &added.format);
  REQUIRE(refused.error);
  REQUIRE(refused.error->code == Errc::bad_tag);
  REQUIRE(refused.error->offset == static_cast<std::uint64_t>(at - broken.begin()) + 4);
  REQUIRE(refused.error->path.find(".screen.pixels") != std::string::npos);
  REQUIRE(refused.error->schema == added.data->schema().fingerprint);
}

TEST_CASE("wire format: no section is written that is larger than a reader takes") {
  const Format added(extended());
  const Bytes ber = from_hex("7fcdc551 80 020103 30 80 7f897e 03 040155 0000 0000");
  Limits limits;
  limits.max_section = 7;
  REQUIRE_FALSE(read(ber, &added.format, ber.size(), limits).error);
  limits.max_section = 6;
  const Read refused = read(ber, &added.format, ber.size(), limits);
  REQUIRE(refused.error);
  REQUIRE(refused.error->code == Errc::limit);
  REQUIRE(refused.error->offset == 10);
}

TEST_CASE("wire format: a receiver has the values and the devices they are of") {
  const Format added(extended());
  const Bytes ber = stream(&added.format, true, true, true);
  Bytes memory(4 * page_size);
  io::Input input;
  live::RamReceiver receiver(input, {{"ram", memory}}, Limits::untrusted(), &added.format);
  for (std::size_t at = 0; at < ber.size(); at += 5) {
    input.feed(ByteView(ber).subspan(at, std::min<std::size_t>(5, ber.size() - at)));
    receiver.receive().or_throw();
  }
  REQUIRE(receiver.done());
  REQUIRE(memory == Bytes(4 * page_size, 7));
  REQUIRE(receiver.rounds() == 2);
  REQUIRE(receiver.devices().size() == 1);
  REQUIRE(receiver.values().size() == 5);
  REQUIRE(receiver.values()[0].alternative == "screen");
  REQUIRE_FALSE(receiver.values()[0].device);
  const live::ReceivedValue& state = receiver.values()[4];
  REQUIRE(state.device->name == "uart");
  REQUIRE(state.device->instance == 1);
  REQUIRE(state.device->version == 2);
  REQUIRE(state.encoded == Bytes(uart.begin(), uart.end()));
}

TEST_CASE("wire format: a schema of another shape is refused by the place where it differs") {
  const auto refusal = [](const std::string& text) {
    const auto data = ber::SchemaData::parse(text).or_throw();
    return to_string(qber::WireFormat::of(data->schema()).error());
  };
  REQUIRE(refusal(replaced(own_text(), "member totalram", "member total"))
              .find("QemuFile.top[].full.contents.ramblid: expected totalram, found total") !=
          std::string::npos);
  // A tag must tell which alternative it begins, through CHOICEs without one.
  for (const char* const line :
       {"member vmm 13 tag 1 2003", "member vmm 13 tag 1 211", "member v 26\nmember vmm 26"})
    REQUIRE(refusal(replaced(own_text(), "member min 14", std::string(line) + "\nmember min 14"))
                .find("Sections.") != std::string::npos);
  REQUIRE(refusal(replaced(own_text(), "member ramblid ", "member uart 18 tag 0 16\nmember ramblid "))
              .find("SecFull.contents.vmstate: expected a tag that no other alternative has, found ") !=
          std::string::npos);
  REQUIRE(refusal(replaced(own_text(), "type SecMin", "type SecMax")).find("QemuFile") != std::string::npos);
  REQUIRE(refusal(replaced(own_text(), "type QemuFile", "type File")).find("QemuFile: expected a type") !=
          std::string::npos);
}

// The rows of the table in schema/README.md that are not above, as the reader has them.

TEST_CASE("wire format: a new type that nothing refers to changes nothing") {
  const Format more(own_text() + "type Unused 5 named tag 1 5000\nmember a 0 tag 0 2\n");
  REQUIRE(stream(&more.format) == stream(nullptr));
  REQUIRE_FALSE(read(stream(&more.format), nullptr).error);
}

TEST_CASE("wire format: an OPTIONAL member at the end is absent, or refused by its place") {
  std::string text = own_text();
  const std::size_t section = text.find("type RAMBlockID");
  const std::size_t next = text.find("\ntype", section) + 1;
  const std::string integer = text.substr(text.find("member len ", section) + 11, 3);
  text.insert(next, "member node " + integer.substr(0, integer.find(' ')) + " optional tag 2 0\n");
  const Format optional(text);
  const Bytes ber = stream(nullptr);
  const Read absent = read(ber, &optional.format);
  REQUIRE_FALSE(absent.error);
  REQUIRE(absent.again == ber);

  // 80 01 03 behind the length of the one block, and all lengths around it three more.
  Bytes present = ber;
  const std::array<std::uint8_t, 9> block{0x30, 0x09, 0x0c, 0x03, 'r', 'a', 'm', 0x02, 0x02};
  const auto at = std::search(present.begin(), present.end(), block.begin(), block.end());
  REQUIRE(at != present.end());
  const auto index = static_cast<std::size_t>(at - present.begin());
  const std::array<std::uint8_t, 3> node{0x80, 0x01, 0x03};
  const std::array<std::uint8_t, 3> full_tag{0x7f, 0x8f, 0x53};
  const std::array<std::uint8_t, 3> list_tag{0x7f, 0xbe, 0x52};
  present.insert(present.begin() + static_cast<std::ptrdiff_t>(index + 11), node.begin(), node.end());
  const auto full = std::search(present.begin(), present.end(), full_tag.begin(), full_tag.end());
  REQUIRE(full != present.end());
  const auto begin = static_cast<std::size_t>(full - present.begin());
  present[begin + 3] += 3;  // SecFull
  const auto list = std::search(present.begin(), present.end(), list_tag.begin(), list_tag.end());
  present[static_cast<std::size_t>(list - present.begin()) + 3] += 3;
  present[index - 1] += 3;
  present[index + 1] += 3;
  const Read refused = read(present, &optional.format);
  REQUIRE(refused.error);
  REQUIRE(refused.error->code == Errc::unsupported);
  REQUIRE(refused.error->offset == index + 11);
  REQUIRE(refused.error->path.find("ramblid.blocks[0]") != std::string::npos);
  const Read older = read(present, nullptr);
  REQUIRE(older.error->code == Errc::bad_tag);
  REQUIRE(older.error->offset == index + 11);
}

TEST_CASE("wire format: what is beyond a narrower SIZE is refused") {
  const Format narrow(replaced(own_text(), " size 256 65536", " size 512 65536"));
  const Read refused = read(stream(nullptr), &narrow.format);
  REQUIRE(refused.error);
  REQUIRE(refused.error->code == Errc::constraint);
  REQUIRE(refused.error->path.find(".pagelist[0].fullpage.data") != std::string::npos);
}
