// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract: what memory holds at the end of a stream, and what is left on disk.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/hex.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;
using Names = std::vector<std::string>;

constexpr std::size_t page_size = 4096;

/// The head of a stream of that machine, with its page size.
NativeBuilder head_of(const std::string& machine) {
  NativeBuilder to;
  return to.configuration(machine).u8(5).counted("configuration/target-page-bits").u32(1).u32(12);
}

/// From within the last PART on.
Bytes ended(NativeBuilder& to) { return to.eos().footer(1).end(1).eos().footer(1).eof().bytes(); }

/// A stream whose `ram` has one block, two pages of zeroes, and the records that `add` puts in.
template <class Add>
Bytes stream_of(const std::string& block, std::uint64_t length, Add add) {
  NativeBuilder to = head_of("pc-i440fx-7.2");
  to.ram(1, {block}, length).part(1).zero(block, 0).zero({}, page_size);
  add(to);
  return ended(to);
}

Ran extract(ByteView stream, const std::string& directory, const Arguments& more = {}) {
  Arguments arguments{"extract", "-", "--ram", directory};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments, stream);
}

Bytes filled(std::size_t size, std::uint8_t value) { return Bytes(size, value); }

Bytes page_of(const Bytes& file, std::size_t page) {
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(page * page_size);
  return {begin, begin + page_size};
}

Names names_in(const std::filesystem::path& directory) {
  Names names;
  if (std::filesystem::exists(directory))
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("extract --ram: the last copy of a page wins, zero and deltas like any other") {
  const Bytes native = stream_of("pc.ram", 8 * page_size, [](NativeBuilder& to) {
    to.page({}, 2 * page_size, 0x11).page({}, 3 * page_size, 0x22).zero({}, 4 * page_size, 0x33);
    to.page({}, 2 * page_size, 0x44).zero({}, 3 * page_size);
    to.xbzrle({}, 2 * page_size, Bytes{0x02, 0x03, 1, 2, 3})
        .xbzrle({}, 5 * page_size - page_size, Bytes{0x00, 0x01, 9});
    to.xbzrle({}, 3 * page_size, Bytes{0x00, 0x01, 7});
  });
  Bytes changed = filled(page_size, 0x44);
  changed[2] = 1, changed[3] = 2, changed[4] = 3;
  Bytes of_fill = filled(page_size, 0x33);
  of_fill[0] = 9;
  Bytes of_zero = filled(page_size, 0);
  of_zero[0] = 7;
  for (const Bytes& stream : {native, encode(native).out}) {
    const Scratch scratch;
    const Ran ran = extract(stream, scratch.path("out"));
    INFO(ran.error);
    REQUIRE(ran.code == 0);
    const Bytes ram = read_file(scratch.path("out") / "pc.ram");
    REQUIRE(ram.size() == 8 * page_size);
    CHECK(page_of(ram, 0) == filled(page_size, 0));
    CHECK(page_of(ram, 2) == changed);
    CHECK(page_of(ram, 3) == of_zero);
    CHECK(page_of(ram, 4) == of_fill);
    CHECK(page_of(ram, 5) == filled(page_size, 0));
    const Json index = Json::parse(as_text(read_file(scratch.path("out") / "index.json")));
    const Json& block = index["blocks"][0];
    CHECK(block["block"] == "pc.ram");
    CHECK(block["file"] == "pc.ram");
    CHECK(block["length"] == 8 * page_size);
    CHECK(block["page_size"] == page_size);
    CHECK(block["pages"] ==
          Json{{"total", 8}, {"data", 3}, {"zero", 2}, {"discarded", 0}, {"never_sent", 3}});
    CHECK(block["records"] ==
          Json{{"zero", 4}, {"full", 3}, {"xbzrle", 3}, {"compressed", 0}, {"resent", 5}});
  }
}

TEST_CASE("extract --ram gives the pages of a small stream, compressed ones inflated") {
  const Scratch scratch;
  REQUIRE(extract(small_stream().bytes(), scratch.path("out")).code == 0);
  const Bytes ram = read_file(scratch.path("out") / "pc.ram");
  REQUIRE(ram.size() == 0x10000);
  CHECK(ram[0x1000] == 0xab);
  CHECK(ram[0x2000] == 0x77);
  CHECK(ram[0x23ff] == 0x77);
  CHECK(ram[0x4000] != 0);
  CHECK(names_in(scratch.path("out")) == Names{"index.json", "pc.ram", "pc.rom"});
}

TEST_CASE("extract --ram takes no compressed page that inflates to less than a page or more") {
  for (const std::string_view zlib : {"789cedc1010d000000c2a0f74f6d0f0714000000706e0fff0001",
                                      "789cedc1010d000000c2a0f74f6d0f0714000000706f10010001",
                                      "789cedc1010d000000c2a0f74f6d0e37a00000000000000080770320000001"}) {
    const Scratch scratch;
    const Bytes stream =
        stream_of("pc.ram", 0x4000, [&](NativeBuilder& to) { to.compressed({}, 0x2000, from_hex(zlib)); });
    CHECK(extract(stream, scratch.path("out")).code == 1);
    CHECK(names_in(scratch.path("out")).empty());
  }
}

TEST_CASE("extract --ram: holes cost no space, and the last page is cut where its block is") {
  constexpr std::uint64_t whole_pages = std::uint64_t{1} << 40U;
  constexpr std::uint64_t length = whole_pages + 100;
  NativeBuilder to = head_of("pc-i440fx-7.2");
  to.section(1, 1, "ram", 0, 4).u64((whole_pages + page_size) | 4U);
  to.counted("pc.ram").u64(length).counted("rest").u64(page_size - 100).eos().footer(1);
  to.part(1).page("pc.ram", whole_pages, 0x55);
  const Scratch scratch;
  const Ran ran = extract(ended(to), scratch.path("out"));
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  struct stat status{};
  REQUIRE(::stat((scratch.path("out") / "pc.ram").c_str(), &status) == 0);
  CHECK(static_cast<std::uint64_t>(status.st_size) == length);
  CHECK(status.st_blocks * 512 <= 64 * 1024);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("extract --ram: what postcopy discards is gone, and has no delta until it comes again") {
  const auto discard = [](NativeBuilder& to) {
    Bytes payload{0, 6, 'p', 'c', '.', 'r', 'a', 'm', 0};
    payload.resize(payload.size() + 16);
    store_be<std::uint64_t>(payload.data() + 9, 2 * page_size);
    store_be<std::uint64_t>(payload.data() + 17, 2 * page_size);
    to.eos().footer(1).command(6, payload).part(1);
  };
  const Scratch scratch;
  const Bytes gone = stream_of("pc.ram", 8 * page_size, [&](NativeBuilder& to) {
    to.page({}, 2 * page_size, 0x11).page({}, 3 * page_size, 0x22).page({}, 4 * page_size, 0x33);
    discard(to);
    to.page("pc.ram", 3 * page_size, 0x66);
  });
  REQUIRE(extract(gone, scratch.path("out")).code == 0);
  const Bytes ram = read_file(scratch.path("out") / "pc.ram");
  CHECK(page_of(ram, 2) == filled(page_size, 0));
  CHECK(page_of(ram, 3) == filled(page_size, 0x66));
  CHECK(page_of(ram, 4) == filled(page_size, 0x33));
  const Bytes delta = stream_of("pc.ram", 8 * page_size, [&](NativeBuilder& to) {
    to.page({}, 2 * page_size, 0x11);
    discard(to);
    to.xbzrle("pc.ram", 2 * page_size, Bytes{0x00, 0x01, 9});
  });
  const Ran ran = extract(delta, scratch.path("delta"));
  CHECK(ran.code == 1);
  CHECK(ran.error.find("expected a page that was sent before its delta") != std::string::npos);
}

TEST_CASE("extract --ram leaves nothing of a faulty stream, or what came before the fault with --partial") {
  const Bytes whole = stream_of("pc.ram", 8 * page_size, [](NativeBuilder& to) {
    to.page({}, 2 * page_size, 0x11).page({}, 3 * page_size, 0x22);
  });
  Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() - 2000));
  // A zlib stream that is larger than a page, and one that is none.
  const Bytes bomb = stream_of("pc.ram", 8 * page_size, [](NativeBuilder& to) {
    to.page({}, 2 * page_size, 0x11).compressed({}, 3 * page_size, Bytes{1, 2, 3, 4});
  });
  for (const auto& [stream, code] : {std::pair(cut, 3), std::pair(bomb, 1)}) {
    const Scratch scratch;
    CHECK(extract(stream, scratch.path("out")).code == code);
    CHECK(scratch.names().empty());
    CHECK(extract(stream, scratch.path("out"), {"--partial"}).code == code);
    REQUIRE(names_in(scratch.path("out")) == Names{"index.json", "pc.ram"});
    CHECK(page_of(read_file(scratch.path("out") / "pc.ram"), 2) == filled(page_size, 0x11));
  }
}

TEST_CASE("extract --ram replaces files with --force alone") {
  const Bytes stream = small_stream().bytes();
  const Scratch scratch;
  REQUIRE(extract(stream, scratch.path("out")).code == 0);
  const Ran again = extract(stream, scratch.path("out"));
  CHECK(again.code == 2);
  CHECK(again.error.find("--force") != std::string::npos);
  CHECK(extract(stream, scratch.path("out"), {"--force"}).code == 0);
  CHECK(names_in(scratch.path("out")) == Names{"index.json", "pc.ram", "pc.rom"});
}

TEST_CASE("extract --ram: names of blocks are never paths") {
  const std::string longest(255, '/');
  const auto one_page = [](const std::string& block) {
    return stream_of(block, 4 * page_size, [](NativeBuilder& to) { to.page({}, 2 * page_size, 1); });
  };
  const std::pair<std::string, std::string> cases[] = {
      {"../x", "%2E.%2Fx"}, {"/rom@etc/acpi", "%2From@etc%2Facpi"}, {"-rf", "%2Drf"},
      {".", "%2E"},         {"index.json", "%69ndex.json"},         {"a b\n%", "a%20b%0A%25"},
      {"pc.ram", "pc.ram"}};
  for (const auto& [block, file] : cases) {
    const Scratch scratch;
    REQUIRE(extract(one_page(block), scratch.path("out")).code == 0);
    Names expected{file, "index.json"};
    std::ranges::sort(expected);
    CHECK(names_in(scratch.path("out")) == expected);
    CHECK(scratch.names() == Names{"out"});
  }
  const Scratch scratch;
  REQUIRE(extract(one_page(longest), scratch.path("out")).code == 0);
  const std::string name = names_in(scratch.path("out")).front();
  CHECK(name.size() == 200);
  CHECK(name.substr(0, 6) == "%2F%2F");
  CHECK(name[183] == '~');
}

TEST_CASE("extract names blocks that are not in the stream, and fails where one was asked for") {
  NativeBuilder to = head_of("pc-i440fx-7.2");
  to.ram(1, {"pc.ram", "other"}, 8 * page_size).part(1).zero("pc.ram", 0).page({}, page_size, 1);
  const Bytes stream = ended(to);
  const Scratch scratch;
  const Ran ran = extract(stream, scratch.path("out"));
  CHECK(ran.code == 0);
  CHECK(ran.error.find("\"other\"") != std::string::npos);
  CHECK(names_in(scratch.path("out")) == Names{"index.json", "pc.ram"});
  CHECK(extract(stream, scratch.path("asked"), {"--block", "other"}).code == 4);
  CHECK(extract(stream, scratch.path("asked"), {"--block", "none"}).code == 2);
  CHECK_THAT(extract(stream, scratch.path("asked"), {"--block", "pc.rm"}).error,
             Catch::Contains("found pc.rm; did you mean pc.ram?"));
  CHECK(extract(stream, scratch.path("asked"), {"--block", "pc.ram"}).code == 0);
  CHECK(scratch.names() == Names{"asked", "out"});
}
