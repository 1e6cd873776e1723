// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's regs: registers of real streams, and what it says where there are none.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

Ran regs(ByteView stream, Arguments options = {}) {
  options.insert(options.begin(), "regs");
  options.push_back("-");
  return run(options, stream);
}

std::vector<Json> cpus(ByteView stream) {
  const Ran ran = regs(stream, {"--json"});
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  std::vector<Json> found;
  std::istringstream in(ran.out);
  for (std::string line; std::getline(in, line);) found.push_back(Json::parse(line));
  REQUIRE(found.front() == Json::parse(R"({"record": "stream", "schema": 1})"));
  found.erase(found.begin());
  return found;
}

/// Where the machine of each stream stands, as QEMU's monitor had it.
const std::map<std::string, std::pair<std::string, std::string>> program_counters{
    {"alpha-10.0", {"alpha", "0xfffffc0000003d18"}},
    {"arm-virt-7.2", {"aarch64", "0x0000000000000200"}},
    {"mips-malta-7.2", {"mips", "0xbfc00000"}},
    {"pc-7.2", {"x86_64", "0x000000000000b7b9"}},
    {"ppc-pseries-7.2", {"ppc64", "0x000000000daf2088"}}};

}  // namespace

TEST_CASE("regs finds the CPUs of every stream that describes them, of both forms alike") {
  for (const auto& path : real_streams()) {
    const Bytes native = load(path);
    const Ran ran = regs(native);
    const std::string name = path.stem().stem().string();
    INFO(name << ": " << ran.error);
    const bool is_described = !name.starts_with("f-novmdesc") && !name.starts_with("f-postcopy");
    CHECK(ran.code == (is_described ? 0 : 4));
    CHECK(regs(encode(native).out).out == ran.out);
    if (ran.code != 0) continue;
    CHECK_THAT(ran.out, Catch::StartsWith("cpu/0  "));
    const auto known = program_counters.find(name);
    if (known == program_counters.end()) continue;
    const Json cpu = cpus(native).front();
    const Json& values = cpu["registers"];
    CHECK(cpu["architecture"] == known->second.first);
    const char* const counter = values.contains("rip") ? "rip" : values.contains("nip") ? "nip" : "pc";
    CHECK(values[counter] == known->second.second);
  }
}

TEST_CASE("regs of one CPU") {
  const Bytes stream = sample();
  CHECK(regs(stream, {"--cpu", "0"}).out == regs(stream).out);
  const Ran none = regs(stream, {"--cpu", "7"});
  CHECK(none.code == 2);
  CHECK(none.out == "");
  CHECK_THAT(none.error, Catch::Contains("expected a CPU of the stream, which has 1, found cpu/7"));
}

TEST_CASE("regs of a stream without CPUs is 4") {
  const Ran ran = regs(small_stream().bytes());
  CHECK(ran.code == 4);
  CHECK_THAT(ran.error, Catch::Contains("a CPU whose registers are in the stream"));
}
