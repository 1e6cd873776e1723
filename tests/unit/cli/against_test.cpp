// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's info --against: what would make a machine refuse a stream, as QEMU would.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;
using Obstacles = std::vector<std::pair<std::string, std::string>>;

/// What a machine is, for the purpose.
struct Machine {
  std::string name = "pc-q35-9.0";
  std::vector<std::pair<std::string, std::uint64_t>> blocks{
      {"pc.ram", 0x8000}, {"pc.bios", 0x1000}, {"/rom@acpi", 0x2000}};
  std::vector<std::string> capabilities{};
  std::size_t page_size = 4096;
  std::uint32_t version = 3;   // of the section `dev`
  std::uint32_t instance = 2;  // of it
  std::string device = "dev";
  bool configured = true;

  Bytes saved() const {
    NativeBuilder to;
    if (configured) {
      to.configuration(name, page_size);
      if (!capabilities.empty()) {
        to.u8(5)
            .counted("configuration/capabilities")
            .u32(1)
            .u32(static_cast<std::uint32_t>(capabilities.size()));
        for (const std::string& each : capabilities) to.counted(each);
      }
    }
    std::uint64_t total = 0;
    for (const auto& [block, length] : blocks) total += length;
    to.section(1, 1, "ram", 0, 4).u64(total | 4);
    for (const auto& [block, length] : blocks) to.counted(block).u64(length);
    to.eos().footer(1).part(1).page(blocks[0].first, 0, 1).zero({}, page_size).eos().footer(1).ended(1);
    to.device(5, "timer", Bytes(3), 0, 2).device(7, device, Bytes(4), instance, version);
    return to.eof().bytes();
  }
};

/// What stands between `stream` and a machine such as `other`, as JSON and as text have it.
Obstacles against(const Bytes& stream, const Bytes& other) {
  const Scratch scratch;
  const std::string file = scratch.file("stream", stream);
  const std::string machine = scratch.file("machine", other);
  const Ran json = run({"info", file, "--against", machine, "--json"});
  const Ran text = run({"info", file, "--against", machine});
  Obstacles found;
  std::string lines;
  const Json parsed = Json::parse(json.out);
  for (const Json& each : parsed.at("against")) {
    found.emplace_back(each.at("what"), each.at("qemu"));
    lines += "obstacle     " + found.back().first + "\n             QEMU: " + found.back().second + "\n";
  }
  if (found.empty()) lines = "preflight    nothing against " + machine + "\n";
  CHECK(text.out.ends_with(lines));
  CHECK(text.out.find("obstacle") == (found.empty() ? std::string::npos : text.out.size() - lines.size()));
  CHECK(json.code == (found.empty() ? 0 : 1));
  CHECK(text.code == json.code);
  return found;
}

Obstacles against(const Machine& stream, const Machine& other) {
  const Obstacles found = against(stream.saved(), other.saved());
  CHECK(against(encode(stream.saved()).out, encode(other.saved()).out) == found);
  return found;
}

}  // namespace

TEST_CASE("info --against: nothing is against the machine itself") {
  CHECK(against(Machine{}, Machine{}).empty());
  CHECK(against(sample(), sample()).empty());
}

TEST_CASE("info --against: the machine's name, of which a prefix will do") {
  Machine other;
  other.name = "pc-q35-9.1";
  CHECK(against(Machine{}, other) ==
        Obstacles{{"machine pc-q35-9.1 there, pc-q35-9.0 here",
                   "Machine type received is 'pc-q35-9.0' and local is 'pc-q35-9.1'"}});
  other.name = "pc-q35-9.0.1";
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}) ==
        Obstacles{{"machine pc-q35-9.0 there, pc-q35-9.0.1 here",
                   "Machine type received is 'pc-q35-9.0.1' and local is 'pc-q35-9.0'"}});
  // Streams that do not name it say nothing.
  other.configured = false;
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}).empty());
}

TEST_CASE("info --against: the page size") {
  Machine other;
  other.page_size = 1024;
  CHECK(against(Machine{}, other) == Obstacles{{"page size 1024 there, 4096 here",
                                                "Received TARGET_PAGE_BITS does not match the local one"}});
  CHECK(against(other, Machine{}) == Obstacles{{"page size 4096 there, 1024 here",
                                                "Received TARGET_PAGE_BITS does not match the local one"}});
}

TEST_CASE("info --against: capabilities of the stream alone") {
  Machine stream, other;
  stream.capabilities = {"one", "two"};
  other.capabilities = {"two", "three"};
  CHECK(against(stream, other) ==
        Obstacles{{"capability one is off there", "Capability one is off, but received capability is on"}});
  CHECK(against(Machine{}, other).empty());
  CHECK(against(stream, Machine{}).size() == 2);
}

TEST_CASE("info --against: every RAM block of the stream, by name and length") {
  Machine other;
  other.blocks[0].second = 0x10000;
  CHECK(against(Machine{}, other) ==
        Obstacles{{"RAM block pc.ram: 0x10000 there, 0x8000 here",
                   "Length mismatch: pc.ram: 0x8000 in != 0x10000: Invalid argument"}});
  CHECK(against(other, Machine{}) ==
        Obstacles{{"RAM block pc.ram: 0x8000 there, 0x10000 here",
                   "Length mismatch: pc.ram: 0x10000 in != 0x8000: Invalid argument"}});
  other = {};
  other.blocks[1].second = 0x2000;
  CHECK(against(Machine{}, other).size() == 1);
  // QEMU gives its own blobs another size.
  other = {};
  other.blocks[2].second = 0x4000;
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}).empty());
  other = {};
  other.blocks[1].first = "pc.rom";
  CHECK(against(Machine{}, other) == Obstacles{{"RAM block pc.bios is not there",
                                                "Unknown ramblock \"pc.bios\", cannot accept migration"}});
  // What the machine has beyond the stream is none.
  other = {};
  other.blocks.emplace_back("more", 0x1000);
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}).size() == 1);
}

TEST_CASE("info --against: every section of a device, by name, instance and a version that is not newer") {
  Machine other;
  other.version = 2;
  CHECK(against(Machine{}, other) ==
        Obstacles{{"section dev/2: version 2 there, 3 here", "savevm: unsupported version 3 for 'dev' v2"}});
  CHECK(against(other, Machine{}).empty());
  other = {};
  other.instance = 0;
  const auto unknown = [](const std::string& name, const std::string& instance) {
    return Obstacles{{"section " + name + "/" + instance + " is not there",
                      "Unknown savevm section or instance '" + name + "' " + instance +
                          ". Make sure that your current VM setup matches your saved VM setup, including any "
                          "hotplugged devices"}};
  };
  CHECK(against(Machine{}, other) == unknown("dev", "2"));
  other = {};
  other.device = "dve";
  CHECK(against(Machine{}, other) == unknown("dev", "2"));
  CHECK(against(other, Machine{}) == unknown("dve", "2"));
}

TEST_CASE("info --against tells all, in the order in which QEMU meets them") {
  Machine stream, other;
  stream.capabilities = {"one"};
  other.name = "pc";
  other.page_size = 1024;
  other.blocks = {{"pc.ram", 0x8000}, {"pc.bios", 0x2000}};
  other.version = 1;
  std::string what;
  for (const auto& [each, qemu] : against(stream, other)) what += each.substr(0, each.find(' ')) + " ";
  CHECK(what == "machine page capability RAM RAM section ");
}

TEST_CASE("info --against a stream with a fault says so, and what it had until then") {
  const Scratch scratch;
  const std::string file = scratch.file("stream", Machine{}.saved());
  Machine other;
  other.name = "pc";
  Bytes cut = other.saved();
  cut.resize(cut.size() - 3);
  const Ran ran = run({"info", file, "--against", scratch.file("cut", cut)});
  CHECK(ran.code == 1);
  CHECK(ran.out.find("obstacle     machine pc there") != std::string::npos);
  CHECK(ran.error.find("cut:") != std::string::npos);
  CHECK(run({"info", file, "--against", scratch.file("other", Bytes{'n', 'o'})}).code != 0);
  CHECK(run({"info", file, "--against", "/nowhere/at/all"}).code == 2);
}
