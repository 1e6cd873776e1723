// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's info --against: what would make a machine refuse a stream, as QEMU would.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>

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

/// What stands between `stream` and a machine such as `other`, as JSON and as text have it: what is certain,
/// or likely.
Obstacles against(const Bytes& stream, const Bytes& other) {
  const Scratch scratch;
  const std::string file = scratch.file("stream", stream);
  const std::string machine = scratch.file("machine", other);
  const Ran json = run({"info", file, "--against", machine, "--json"});
  const Ran text = run({"info", file, "--against", machine});
  const Ran verb = run({"preflight", file, "--against", machine});
  Obstacles found;
  bool certain = false;
  const Json parsed = Json::parse(json.out);
  for (const Json& each : parsed.at("against")) {
    const std::string certainty = each.at("certainty");
    const std::string where = each.at("where");
    const std::string what = each.at("what");
    const std::string qemu = each.at("qemu");
    std::string lines = certainty + std::string(9 - certainty.size(), ' ') + where + ": " + what + "\n";
    if (!qemu.empty()) lines += "         QEMU: " + qemu + "\n";
    CHECK(text.out.find(lines) != std::string::npos);
    CHECK(verb.out.find(lines) != std::string::npos);
    if (certainty != "certain" && certainty != "likely") continue;
    found.emplace_back(where + ": " + what, qemu);
    certain |= certainty == "certain";
  }
  CHECK(json.code == (certain ? 1 : found.empty() ? 0 : 5));
  CHECK(text.code == json.code);
  CHECK(verb.code == json.code);
  CHECK((verb.out.find("nothing was found for which a machine like that of") != std::string::npos) ==
        found.empty());
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
        Obstacles{{"machine: pc-q35-9.0 here, pc-q35-9.1 there",
                   "Machine type received is 'pc-q35-9.0' and local is 'pc-q35-9.1'"}});
  other.name = "pc-q35-9.0.1";
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}) ==
        Obstacles{{"machine: pc-q35-9.0.1 here, pc-q35-9.0 there",
                   "Machine type received is 'pc-q35-9.0.1' and local is 'pc-q35-9.0'"}});
  // One that has a configuration wants one, and the other way round.
  other.configured = false;
  CHECK(against(Machine{}, other).front().second == "Unknown savevm section type 7");
  CHECK(against(other, Machine{}).front().second == "Configuration section missing");
}

TEST_CASE("preflight says which edits mend what stands in the way") {
  Machine stream, other;
  stream.name = "pc-q35-9.1";
  stream.blocks.emplace_back("0000:00:03.0/nic.rom", 0x4000);
  other.blocks.emplace_back("0000:00:03.0/nic.rom", 0x2000);
  const Scratch scratch;
  const std::string file = scratch.file("stream", stream.saved());
  const std::string machine = scratch.file("machine", other.saved());
  const Ran text = run({"preflight", file, "--against", machine});
  CHECK(text.code == 1);
  CHECK_THAT(text.out, Catch::Contains("\n         or: qember edit --machine 'pc-q35-9.0'\n"
                                       "             the guest sees what the two types have differently"));
  CHECK_THAT(text.out,
             Catch::Contains("\n         or: qember edit --resize-block '0000:00:03.0/nic.rom=8192'\n"));
  const Json obstacles =
      Json::parse(run({"preflight", file, "--against", machine, "--json"}).out)["obstacles"];
  std::string script;
  for (const Json& obstacle : obstacles)
    for (const Json& each : obstacle["edits"]) script += each["edit"].dump() + '\n';
  CHECK(script ==
        "{\"machine\":\"pc-q35-9.0\"}\n"
        "{\"resize-block\":\"0000:00:03.0/nic.rom\",\"to\":\"8192\"}\n");
  const Ran edited =
      run({"edit", file, "--script", scratch.file("script", as_bytes(script)), "-o", scratch.path("mended")});
  CHECK(edited.error == "");
  CHECK(run({"preflight", scratch.path("mended"), "--against", machine}).code == 0);
  // What needs leave is not done without it, and then nothing is.
  const Ran refused = run({"edit", file, "--for", machine, "-o", scratch.path("none")});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.error, Catch::Contains("edit: nothing was written"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("none")));
}

TEST_CASE("info --against: the page size") {
  Machine other;
  other.page_size = 1024;
  CHECK(against(Machine{}, other) ==
        Obstacles{{"page size: 4096 here, 1024 there", "Received TARGET_PAGE_BITS is 12 but local is 10"}});
  CHECK(against(other, Machine{}) ==
        Obstacles{{"page size: 1024 here, 4096 there", "Received TARGET_PAGE_BITS is 10 but local is 12"}});
}

TEST_CASE("info --against: capabilities of the stream alone") {
  Machine stream, other;
  stream.capabilities = {"one", "two"};
  other.capabilities = {"two", "three"};
  CHECK(against(stream, other) == Obstacles{{"capabilities: one is on here, off there",
                                             "Capability one is off, but received capability is on"}});
  CHECK(against(Machine{}, other).empty());
  CHECK(against(stream, Machine{}).size() == 2);
}

TEST_CASE("info --against: every RAM block of the stream, by name and length") {
  Machine other;
  other.blocks[0].second = 0x10000;
  CHECK(against(Machine{}, other) ==
        Obstacles{{"RAM block pc.ram: 0x8000 bytes here, 0x10000 there",
                   "Size mismatch: pc.ram: 0x8000 != 0x10000: Invalid argument"}});
  CHECK(against(other, Machine{}) ==
        Obstacles{{"RAM block pc.ram: 0x10000 bytes here, 0x8000 there",
                   "Size mismatch: pc.ram: 0x10000 != 0x8000: Invalid argument"}});
  other = {};
  // QEMU gives firmware and its own blobs another size.
  other.blocks[1].second = 0x2000;
  CHECK(against(Machine{}, other).empty());
  other = {};
  other.blocks[2].second = 0x4000;
  CHECK(against(Machine{}, other).empty());
  CHECK(against(other, Machine{}).empty());
  other = {};
  other.blocks[1].first = "pc.rom";
  CHECK(against(Machine{}, other) == Obstacles{{"RAM block pc.bios: is not there",
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
        Obstacles{{"dev/2: version 3 here, 2 there", "savevm: unsupported version 3 for 'dev' v2"}});
  CHECK(against(other, Machine{}).empty());
  other = {};
  other.instance = 0;
  const auto unknown = [](const std::string& name, const std::string& instance) {
    return Obstacles{{name + "/" + instance + ": is not there",
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
  other.blocks = {{"pc.ram", 0x10000}, {"pc.bios", 0x1000}};
  other.version = 1;
  std::string what;
  for (const auto& [each, qemu] : against(stream, other)) what += each.substr(0, each.find(' ')) + " ";
  CHECK(what == "machine: page capabilities: RAM RAM dev/2: ");
}

TEST_CASE("info --against a stream with a fault says so, and nothing of what stands in the way") {
  const Scratch scratch;
  const std::string file = scratch.file("stream", Machine{}.saved());
  Machine other;
  other.name = "pc";
  Bytes cut = other.saved();
  cut.resize(cut.size() - 3);
  const Ran ran = run({"info", file, "--against", scratch.file("cut", cut)});
  CHECK(ran.code == 3);
  CHECK(ran.out.find("certain") == std::string::npos);
  CHECK(ran.error.find("cut:") != std::string::npos);
  CHECK(run({"info", file, "--against", scratch.file("other", Bytes{'n', 'o'})}).code != 0);
  CHECK(run({"info", file, "--against", "/nowhere/at/all"}).code == 2);
}

namespace {

/// A machine with one device `0000:00:03.0/x`, of which `fields` describe the state, and the ROM of that
/// card.
Bytes with_card(const std::string& fields, const Bytes& state, std::uint64_t rom = 0x40000,
                const std::string& subsections = "") {
  NativeBuilder to;
  to.configuration("pc", 4096);
  to.section(1, 1, "ram", 0, 4).u64(rom | 4).counted("0000:00:03.0/x.rom").u64(rom).eos().footer(1).ended(1);
  to.device(2, "0000:00:03.0/x", state).eof();
  return to
      .description(
          R"({"devices": [{"name": "0000:00:03.0/x", "instance_id": 0, "vmsd_name": "x", "version": 1,)"
          R"( "fields": [)" +
          fields + "]" + subsections + "}]}")
      .bytes();
}

std::string pci_config(std::size_t size) {
  return R"({"name": "config", "type": "pci config", "size": )" + std::to_string(size) + "}";
}

Bytes config(std::size_t size = 256) {
  Bytes bytes(size);
  bytes[0] = 0x86;
  bytes[1] = 0x80;
  return bytes;
}

}  // namespace

TEST_CASE("preflight: PCI configuration that no guest writes, and an address that a larger ROM can't have") {
  const Bytes machine = with_card(pci_config(256), config());
  CHECK(against(machine, machine).empty());
  Bytes written = config();
  written[4] = 0x07;     // command
  written[0x10] = 0xf0;  // of a BAR what is above its kind
  CHECK(against(with_card(pci_config(256), written), machine).empty());
  Bytes wide = config();
  wide[0x20] = 0x0c;  // a BAR of 64 bits
  Bytes above = wide;
  above[0x24] = 0x08;  // at 32 GiB
  CHECK(against(with_card(pci_config(256), above), with_card(pci_config(256), wide)).empty());
  Bytes other = config();
  other[0] = 0x87;
  CHECK(against(with_card(pci_config(256), other), machine) ==
        Obstacles{{"0000:00:03.0/x/0:pci config+0x0: 0x87 here, 0x86 there (vendor id)",
                   "get_pci_config_device: Bad config data: i=0x0 read: 87 device: 86"}});
  Bytes mapped = config();
  mapped[0x32] = 0x04;  // the ROM at 0x40000
  const Bytes stream = with_card(pci_config(256), mapped);
  CHECK(against(stream, machine).empty());
  const Obstacles found = against(stream, with_card(pci_config(256), config(), 0x80000));
  REQUIRE(found.size() == 2);  // its size, and its place
  CHECK(found[1].second == "get_pci_config_device: Bad config data: i=0x30");
}

TEST_CASE("preflight: what calls itself PCI configuration and has another size is none") {
  for (const std::size_t size : {1U, 255U, 257U, 4095U, 4097U, 100000U}) {
    Bytes other(size, 0xff);
    CHECK(against(with_card(pci_config(size), other), with_card(pci_config(size), Bytes(size))).empty());
  }
}

TEST_CASE("preflight: the machine's own number of elements, unless the stream tells it") {
  const auto array = [](std::size_t count) {
    return R"({"name": "count", "type": "uint8", "size": 1}, {"name": "a", "array_len": )" +
           std::to_string(count) + R"(, "type": "uint8", "size": 1})";
  };
  const Bytes two = with_card(array(2), {9, 0, 0});
  CHECK(against(two, with_card(array(3), {9, 0, 0, 0})) ==
        Obstacles{
            {"0000:00:03.0/x/0:a: 2 elements here, 3 there", "Missing section footer for 0000:00:03.0/x"}});
  CHECK(against(with_card(array(2), {2, 0, 0}), with_card(array(3), {3, 0, 0, 0})).empty());
  // The same bytes under other names.
  CHECK(against(two, with_card(R"({"name": "b", "type": "buffer", "size": 3})", Bytes(3))).empty());
}

TEST_CASE("preflight: a BAR that the machine's stream does not show is likely to be refused, no more") {
  Bytes shown = config();
  shown[0x20] = 0x0c;
  const auto saved = [](const Bytes& bytes) { return with_card(pci_config(256), bytes); };
  CHECK(against(saved(shown), saved(config())).size() == 1);
  const Scratch scratch;
  const std::string here = scratch.file("here", saved(shown));
  CHECK(run({"preflight", here, "--against", scratch.file("there", saved(config()))}).code == 5);
  CHECK(run({"preflight", scratch.file("other", saved(config())), "--against", here}).code == 1);
}

TEST_CASE("preflight: a subsection of a later version than the machine's") {
  const auto saved = [](int version) {
    return with_card(R"({"name": "a", "type": "uint8", "size": 1})",
                     Bytes{1, 5, 3, 'x', '/', 'y', 0, 0, 0, static_cast<std::uint8_t>(version), 7}, 0x40000,
                     R"(, "subsections": [{"vmsd_name": "x/y", "version": )" + std::to_string(version) +
                         R"(, "fields": [{"name": "b", "type": "uint8", "size": 1}]}])");
  };
  CHECK(against(saved(2), saved(1)) ==
        Obstacles{{"0000:00:03.0/x/0:x/y: version 2 here, 1 there",
                   "x/y: incoming version_id 2 is too new for local version_id 1"}});
  CHECK(against(saved(1), saved(2)).empty());
}

TEST_CASE("preflight: the words are those of the target's QEMU, or of both ages") {
  Machine other;
  other.device = "dve";
  const Scratch scratch;
  const std::string here = scratch.file("here", Machine{}.saved());
  const std::string there = scratch.file("there", other.saved());
  const std::string old = "QEMU: Unknown savevm section or instance 'dev' 2";
  const std::string words = "Unknown section or instance 'dev' 2";
  const auto said = [&](const std::string& version) {
    return run({"preflight", here, "--against", there, "--target-qemu", version}).out;
  };
  const std::string both = run({"preflight", here, "--against", there}).out;
  for (const std::string& text : {both, said("10.1")}) {
    CHECK(text.find(old) != std::string::npos);
    CHECK(text.find("QEMU 11: " + words) != std::string::npos);
  }
  for (const char* const version : {"7.2", "10.0", "10.0.13"}) {
    CHECK(said(version).find(old) != std::string::npos);
    CHECK(said(version).find(words) == std::string::npos);
  }
  CHECK(said("11.1").find("QEMU: " + words) != std::string::npos);
  CHECK(said("11").find(old) == std::string::npos);
  for (const char* const version : {"", "x", "10.", "10.0.1.2", "-1", "99999999999"})
    CHECK(run({"preflight", here, "--against", there, "--target-qemu", version}).code == 2);
}

TEST_CASE("a machine whose stream has a section several times tells nothing certain of it") {
  NativeBuilder to;
  to.configuration("pc-q35-9.0", 4096);
  to.section(1, 1, "ram", 0, 4).u64(0x1000 | 4).counted("pc.ram").u64(0x1000).eos().footer(1);
  to.part(1).page("pc.ram", 0, 1).eos().footer(1).ended(1);
  to.device(2, "dev", Bytes(3), 0, 3).device(3, "dev", Bytes(3), 0, 2);
  const Bytes twice = to.eof().bytes();
  CHECK(against(twice, twice).empty());
  const Scratch scratch;
  const std::string file = scratch.file("stream", twice);
  const Ran ran = run({"preflight", file, "--against", file});
  CHECK(ran.out.find("untold   dev/0: several sections there") != std::string::npos);
}
