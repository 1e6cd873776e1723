// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's ls: a line for each block and section.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> ls(ByteView stream, Arguments options = {}) {
  options.insert(options.begin(), {"ls", "--json"});
  options.push_back("-");
  const Ran ran = run(options, stream);
  REQUIRE(ran.code == 0);
  std::vector<Json> found;
  std::istringstream in(ran.out);
  for (std::string line; std::getline(in, line);) found.push_back(Json::parse(line));
  REQUIRE(found.front() == Json::parse(R"({"record": "stream", "schema": 1})"));
  found.erase(found.begin());
  return found;
}

const Json& find(const std::vector<Json>& records, const std::string& name) {
  for (const Json& each : records)
    if (each["name"] == name) return each;
  FAIL("no " << name);
  return records.front();
}

}  // namespace

TEST_CASE("ls lists blocks, iterative sections and devices") {
  const Bytes stream = small_stream().bytes();
  const auto all = ls(stream, {"--count"});
  const Json device = find(all, "dev");
  CHECK(device["size"] == dev_state().size());
  CHECK(device["typed"] == true);
  CHECK(stream[device["offset"].get<std::size_t>()] == 4);  // a section FULL
  CHECK(find(all, "dirty-bitmap")["parts"] == 3);
  CHECK(find(all, "dirty-bitmap")["typed"] == false);
  CHECK(all.front()["record"] == "block");
  CHECK(all.front()["page_records"] == 6);
  for (const Json& each : ls(stream)) {
    CHECK_FALSE(each.contains("page_records"));
    CHECK_FALSE(each.contains("parts"));
    CHECK(each.contains("size") != each.value("iterative", false));
  }
}

TEST_CASE("ls sorts by place, size and name") {
  for (const auto& path : real_streams()) {
    INFO(path);
    const Bytes stream = load(path);
    const auto placed = ls(stream, {"--count"});
    std::uint64_t last = 0;
    for (const Json& each : placed) {
      if (each["record"] != "section") continue;
      CHECK(each["offset"].get<std::uint64_t>() >= last);
      last = each["offset"];
    }
    const auto sized = ls(stream, {"--count", "--sort", "size"});
    CHECK(std::ranges::is_sorted(sized, std::ranges::greater(),
                                 [](const Json& each) { return each["size"].get<std::uint64_t>(); }));
    CHECK(sized.size() == placed.size());
    const auto named = ls(stream, {"--sort", "name"});
    CHECK(named.size() == placed.size());
    CHECK(std::ranges::is_sorted(named, {}, [](const Json& each) {
      const auto instance = each.find("instance");
      return each["name"].get<std::string>() + (instance == each.end() ? "" : "/" + instance->dump());
    }));
  }
}

TEST_CASE("ls says why a device has no fields, and lists what came before a fault") {
  NativeBuilder undescribed;
  const Bytes bare = undescribed.device(2, "bare", Bytes{1, 2, 3}).eof().bytes();
  CHECK(find(ls(bare), "bare")["reason"] == "the stream has no description of it");
  const Bytes stream = small_stream().bytes();
  const Ran cut = run({"ls", "-"}, ByteView(stream).first(stream.size() / 2));
  CHECK(cut.code == 3);
  CHECK_THAT(cut.out, Catch::Contains("block") && Catch::Contains("ram/0"));
}
