// SPDX-License-Identifier: LGPL-2.1-or-later
// The main channel of multifd alone: no verb takes it for a whole machine.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/findings.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t mebibyte = 0x100000;

/// What a stream has of RAM and devices.
struct Stream {
  std::uint64_t length = mebibyte;
  bool flushed = false;   ///< MULTIFD_FLUSH records
  bool contents = false;  ///< a page in full
  bool whole = false;     ///< every page, of zeroes
  bool twice = false;     ///< those of zeroes come as often as there are pages
  std::uint8_t fill = 0;  ///< of the other pages
  bool device = true;
  std::string capability{};

  Bytes bytes() const {
    NativeBuilder to;
    to.configuration("pc-q35-9.0", page);
    if (!capability.empty()) to.u8(5).counted("configuration/capabilities").u32(1).u32(1).counted(capability);
    to.section(1, 1, "ram", 0, 4).u64(length | 4).counted("pc.ram").u64(length);
    if (capability == "x-ignore-shared") to.u64(0);
    if (flushed) to.u64(0x200);
    to.eos().footer(1).part(1).zero("pc.ram", 0, fill).zero({}, page);
    for (std::uint64_t at = 2 * page; whole && at < length; at += page) to.zero({}, at);
    for (std::uint64_t at = 0; twice && at < length; at += page) to.zero({}, page);
    if (contents) to.page({}, 2 * page, 1);
    if (flushed) to.u64(0x200);
    to.eos().footer(1).ended(1);
    if (device) to.device(2, "dev", Bytes(3, 7));
    return to.eof().bytes();
  }
};

/// That every verb says so, or none does, in both forms.
void is_alone(const Stream& stream, bool alone) {
  const Scratch scratch;
  const Bytes native = stream.bytes();
  for (const Bytes& form : {native, encode(native).out}) {
    const std::string file = scratch.file("vm", form);
    const std::string found = "found none: they went over other connections (multifd) (see --channels)\n";
    const auto found_in = [&found](const std::string& text) { return text.find(found) != std::string::npos; };
    const Ran check = run({"check", file});
    CHECK(check.code == (alone ? 4 : 0));
    CHECK(std::ranges::count(check.out, '\n') == (alone ? 1 : 0));
    CHECK(found_in(check.out) == alone);
    const Ran info = run({"info", file});
    CHECK(info.code == 0);
    CHECK(info.error == "");
    CHECK((info.out.find("complete     no\n             its RAM went over other connections (multifd)\n") !=
           std::string::npos) == alone);
    CHECK((info.out.find("complete     yes\n") != std::string::npos) != alone);
    const auto json = nlohmann::json::parse(run({"info", file, "--json"}).out);
    CHECK(json["complete"] == !alone);
    CHECK(json["ram_sent_elsewhere"] == alone);
    for (const Arguments& verb : {Arguments{"map", file}, Arguments{"diff", file, file},
                                  Arguments{"map", file, "--svg", scratch.path("svg")},
                                  Arguments{"extract", file, "--ram", scratch.path("ram"), "--force"},
                                  Arguments{"extract", file, "--elf", scratch.path("core")}}) {
      const Ran ran = run(verb);
      INFO(verb[0] << " " << verb.back() << ": " << ran.error);
      CHECK(ran.code == (alone ? 4 : 0));
      if (!alone) continue;
      CHECK(found_in(ran.error));
      CHECK(std::ranges::count(ran.error, '\n') == 1);
    }
    CHECK(std::filesystem::exists(scratch.path("ram")) != alone);
    CHECK(std::filesystem::exists(scratch.path("core")) != alone);
    CHECK(std::filesystem::exists(scratch.path("svg")) != alone);
    std::filesystem::remove(scratch.path("core"));
    std::filesystem::remove(scratch.path("svg"));
    std::filesystem::remove_all(scratch.path("ram"));
  }
  CHECK((decode(encode(native).out).out == native));
}

}  // namespace

TEST_CASE("multifd: a stream whose channels are flushed has its RAM elsewhere") {
  is_alone({.flushed = true}, true);
  // In postcopy there are pages in it too.
  is_alone({.flushed = true, .contents = true}, true);
  is_alone({.length = 4 * page, .flushed = true, .contents = true}, true);
}

TEST_CASE("multifd: so has one with no more of RAM than zeroes, of QEMU 8.0 and earlier") {
  is_alone({}, true);
  is_alone({.length = mebibyte + page}, true);
  is_alone({.length = mebibyte - page, .contents = false}, false);
  is_alone({.contents = true}, false);
  // A guest may have nothing in its memory.
  is_alone({.whole = true}, false);
  is_alone({.flushed = true, .whole = true}, true);
  is_alone({.twice = true}, true);
  is_alone({.fill = 1}, false);
}

TEST_CASE("multifd: what is no machine's, or needs no pages, is whole") {
  CHECK(findings(Stream{.device = false}.bytes()).empty());
  CHECK(findings(Stream{.flushed = true, .device = false}.bytes()).empty());
  CHECK(findings(Stream{.capability = "x-ignore-shared"}.bytes()).empty());
  CHECK(findings(Stream{.capability = "other"}.bytes()).size() == 1);
}
