// SPDX-License-Identifier: LGPL-2.1-or-later
// What check finds beyond what decode refuses, that it goes on, and that both forms are found alike.
#include "support/command.hpp"
#include "support/findings.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace qember;
using namespace qember::test;

namespace {

/// `CODE PATH` of each finding.
std::vector<std::string> found(const Bytes& in) {
  std::vector<std::string> lines;
  for (const Error& error : findings(in))
    lines.push_back(std::string(name_of(error.code)) + " " + error.path);
  return lines;
}

using Lines = std::vector<std::string>;

/// RAM of four pages, of which two were sent.
NativeBuilder ram() { return NativeBuilder().ram(1, {"r"}, 0x4000).part(1).zero("r", 0).page({}, 0x1000, 7); }

/// The native stream has these findings, and its BER form as many of the same codes.
void finds(NativeBuilder& stream, const Lines& expected) {
  CHECK(found(stream.bytes()) == expected);
  const Converted ber = encode(stream.bytes());
  REQUIRE_FALSE(ber.error);
  const auto in_ber = findings(ber.out);
  REQUIRE(in_ber.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(expected[i].starts_with(name_of(in_ber[i].code)));
}

}  // namespace

TEST_CASE("deltas are sound and have a base") {
  finds(ram()
            .xbzrle({}, 0x1000, from_hex("05 02 1122"))
            .xbzrle({}, 0, from_hex("00 01 ff"))
            .eos()
            .footer(1)
            .ended(1)
            .eof(),
        {});
  finds(ram().xbzrle({}, 0x2000, from_hex("05 02 1122")).eos().footer(1).ended(1).eof(),
        {"bad_delta QEVM.section[1].page[2]"});
  finds(ram()
            .xbzrle({}, 0x1000, from_hex("05 02 11"))
            .xbzrle({}, 0, from_hex("00 00"))
            .eos()
            .footer(1)
            .ended(1)
            .eof(),
        {"bad_delta QEVM.section[1].page[2]", "bad_delta QEVM.section[1].page[3]"});
}

TEST_CASE("what postcopy discards is no base") {
  const Bytes discard = from_hex("00 01 72 00 0000000000001000 0000000000001000");
  finds(ram()
            .eos()
            .footer(1)
            .command(6, discard)
            .part(1)
            .xbzrle({}, 0, from_hex("00 01 ff"))
            .eos()
            .footer(1)
            .ended(1)
            .eof(),
        {});
  finds(ram()
            .eos()
            .footer(1)
            .command(6, discard)
            .part(1)
            .xbzrle({}, 0x1000, from_hex("00 01 ff"))
            .eos()
            .footer(1)
            .ended(1)
            .eof(),
        {"bad_delta QEVM.section[2].page[0]"});
  finds(ram()
            .eos()
            .footer(1)
            .command(6, from_hex("00 01 72 00 0000000000004000 0000000000001000"))
            .ended(1)
            .eof(),
        {"page_outside_block QEVM.command[0]"});
  finds(ram().eos().footer(1).command(6, from_hex("00 01 73 00")).ended(1).eof(),
        {"unknown_block QEVM.command[0]"});
}

TEST_CASE("a compressed page inflates to a page, no less and no more") {
  const auto finds_of = [](std::string_view zlib, const Lines& expected) {
    finds(ram().compressed({}, 0, from_hex(zlib)).eos().footer(1).ended(1).eof(), expected);
  };
  const Lines wrong{"bad_value QEVM.section[1].page[2]"};
  finds_of("789cedc1010d000000c2a0f74f6d0f0714000000f06e10000001", {});
  finds_of("789c0102", wrong);
  finds_of("789cedc1010d000000c2a0f74f6d0f0714000000706e0fff0001", wrong);            // 4095 bytes
  finds_of("789cedc1010d000000c2a0f74f6d0f0714000000706f10010001", wrong);            // 4097
  finds_of("789cedc1010d000000c2a0f74f6d0e37a00000000000000080770320000001", wrong);  // 8192
  finds_of("789cedc1010d000000c2a0f74f6d0f0714000000f06e1000000100", wrong);          // a byte after it
}

TEST_CASE("sections stand between START and END") {
  const auto ends_in = [](NativeBuilder& stream, const std::string& finding) {
    CHECK(found(stream.bytes()) == Lines{finding});
    CHECK(encode(stream.bytes()).error.has_value());
  };
  ends_in(ram().eos().footer(1).ended(1).part(1).eos().footer(1).eof(), "wrong_order QEVM.section[3]");
  ends_in(ram().eos().footer(1).ram(1, {"r"}, 0x4000).ended(1).eof(), "wrong_order QEVM.section[2]");
  ends_in(ram().eos().footer(1).ended(1).ram(1, {"r"}, 0x4000).ended(1).eof(), "wrong_order QEVM.section[3]");
  // As QEMU's background snapshots have it.
  finds(ram().eos().footer(1).eof(), {});
}

TEST_CASE("names are texts, and payloads as long as QEMU wants them") {
  finds(NativeBuilder().ram(1, {"a\nb"}, 0x1000).device(2, "", Bytes(3)).ended(1).eof(),
        {"bad_value QEVM.section[0]", "bad_value QEVM.section[1]"});
  finds(NativeBuilder()
            .command(2, from_hex("0000"))
            .command(1, from_hex("00"))
            .command(77, from_hex("00"))
            .eof(),
        {"bad_length QEVM.command[0]", "bad_length QEVM.command[1]"});
}

TEST_CASE("a description is JSON and has the page size; whether it fits is QEMU's own matter") {
  finds(ram().eos().footer(1).ended(1).device(2, "dev", Bytes(3)).eof().description(R"({"page_size": 4096})"),
        {});
  finds(ram()
            .eos()
            .footer(1)
            .ended(1)
            .device(7, "dev", Bytes(3), 0, 2)
            .eof()
            .description(R"({"page_size": 4096, "devices": [{"name": "dev", "instance_id": 0, "fields": [)"
                         R"({"name": "x", "type": "uint64", "size": 8}]}]})"),
        {});
  finds(ram().eos().footer(1).ended(1).eof().description("{]"), {"bad_value QEVM.description"});
  CHECK_THAT(run({"check", "-"}, ram().eos().footer(1).ended(1).eof().description("{]").bytes()).out,
             Catch::Contains("expected a description in JSON at its byte 2, found text that is no JSON"));
  const auto stream = ram().eos().footer(1).ended(1).eof().description(R"({"page_size": 1024})");
  CHECK(found(stream.bytes()) == Lines{"page_size_unknown QEVM.description"});
}

TEST_CASE("zeros follow the end of a stream in a volume, and are no fault") {
  const auto sound =
      ram().eos().footer(1).ended(1).device(2, "dev", Bytes(3, 1)).eof().description("{}").bytes();
  for (const std::size_t size : {1, 1023, 3'000'000}) {
    Bytes padded = sound;
    const Bytes zeros(size);
    padded.insert(padded.end(), zeros.begin(), zeros.end());
    for (const Chunks& chunks : {whole(), chunks_of(4096), prime_chunks(3)})
      CHECK(findings(padded, chunks).empty());
    const Bytes ber = encode(padded).out;
    CHECK(findings(ber).empty());
    CHECK((decode(ber).out == padded));
    const Scratch scratch;
    const std::string file = scratch.file("vm", padded);
    for (const std::string verb : {"check", "info", "show", "map"}) CHECK(run({verb, file}).code == 0);
    CHECK(run({"diff", file, scratch.file("bare", sound)}).code == 0);
    // What stands behind them is one, at the end of the stream, however it comes.
    padded.push_back(7);
    for (const Chunks& chunks : {whole(), chunks_of(1000), prime_chunks(3)}) {
      const auto behind = findings(padded, chunks);
      REQUIRE(behind.size() == 1);
      CHECK(behind[0].code == Errc::trailing_data);
      CHECK(behind[0].offset == sound.size());
      CHECK(behind[0].found == std::to_string(size) + " zeros, then 07");
    }
  }
}

TEST_CASE("nothing follows the end") {
  finds(ram().eos().footer(1).ended(1).eof().description("{}").text("more"), {"trailing_data QEVM"});
  finds(ram().eos().footer(1).ended(1).eof().text("more"), {"trailing_data QEVM"});
}

TEST_CASE("pages that are nowhere do not end the search") {
  auto stream = ram();
  stream.zero({}, 0x4000)
      .xbzrle({}, 0x2000, from_hex("00 01 ff"))
      .zero({}, 0x7000)
      .eos()
      .footer(1)
      .ended(1)
      .eof();
  CHECK(found(stream.bytes()) == Lines{"page_outside_block QEVM.section[1].page[2].addr",
                                       "bad_delta QEVM.section[1].page[3]",
                                       "page_outside_block QEVM.section[1].page[4].addr"});
}

TEST_CASE("BER is read on behind what makes no sense in it") {
  auto stream = ram();
  Bytes ber =
      encode(stream.eos().footer(1).part(1).zero({}, 0x2000).eos().footer(1).ended(1).eof().bytes()).out;
  // Every SecMin, the END too, and the address of the last page.
  for (const std::string_view id : {"7f8153 80 02 01 01", "40 02 2000"}) {
    const Bytes wanted = from_hex(id);
    for (auto at = ber.begin(); (at = std::search(at, ber.end(), wanted.begin(), wanted.end())) != ber.end();
         ++at)
      *(at + static_cast<std::ptrdiff_t>(wanted.size()) - 1) = 0x09;
  }
  CHECK(found(ber) == Lines{"unknown_section QemuFile.top[1].min.sectionid",
                            "unknown_section QemuFile.top[2].min.sectionid",
                            "unknown_section QemuFile.top[4].min.sectionid"});
}

TEST_CASE("a page that is refused changes nothing for those behind it, but for the block that it names") {
  auto stream = NativeBuilder().configuration("m", 4096).ram(1, {"a", "b"}, 0x2000).part(1).zero("a", 0);
  stream.zero("b", 0x7000).page({}, 0x1000, 7).xbzrle({}, 0x1000, from_hex("05 02 1122"));
  stream.eos().footer(1).ended(1).eof();
  CHECK(found(stream.bytes()) == Lines{"page_outside_block QEVM.section[1].page[1].addr"});
}

TEST_CASE("no more findings than --max-errors") {
  const Scratch scratch;
  auto stream = ram();
  for (int i = 0; i < 50; ++i) stream.zero({}, 0x5000);
  const std::string file = scratch.file("bad", stream.eos().footer(1).ended(1).eof().bytes());
  const auto lines = [](const Ran& ran) { return std::ranges::count(ran.out, '\n'); };
  CHECK(lines(run({"check", file})) == 20);
  CHECK(lines(run({"check", "--max-errors", "3", file})) == 3);
  CHECK(run({"check", "--max-errors", "3", file}).code == 1);
  CHECK(lines(run({"check", "--max-errors", "100", "--json", file})) == 50);
  CHECK(run({"check", "--max-errors", "0", file}).code == 2);
}

TEST_CASE("eight threads decode and check a stream each") {
  const Bytes native = sample();
  const Bytes ber = encode(native).out;
  std::vector<std::thread> threads;
  std::array<bool, 8> good{};
  for (bool& each : good)
    threads.emplace_back([&] { each = decode(ber, prime_chunks(7)).out == native && findings(ber).empty(); });
  for (std::thread& thread : threads) thread.join();
  CHECK(std::ranges::all_of(good, [](bool each) { return each; }));
}
