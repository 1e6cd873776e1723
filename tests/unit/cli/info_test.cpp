// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's info: its JSON is an interface.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <qember/advanced/asn1/types.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

Json info(ByteView stream, int code = 0) {
  const Ran ran = run({"info", "--json", "-"}, stream);
  INFO(ran.error);
  REQUIRE(ran.code == code);
  return Json::parse(ran.out);
}

/// The keys that were promised, in their order; others may come after them.
void has_keys(const Json& object, const std::vector<std::string>& promised) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  REQUIRE(keys.size() >= promised.size());
  keys.resize(promised.size());
  CHECK(keys == promised);
}

void has_schema(const Json& json) {
  has_keys(json,
           {"schema", "format", "complete", "machine", "page_size", "blocks", "pages", "sections", "bytes"});
  has_keys(json["pages"], {"zero", "full", "xbzrle", "compressed", "hook"});
  has_keys(json["sections"], {"total", "typed", "opaque", "early", "undescribed", "fallback"});
  has_keys(json["bytes"], {"in", "ram", "device", "overhead"});
  for (const Json& block : json["blocks"]) has_keys(block, {"name", "length"});
  for (const Json& fallback : json["sections"]["fallback"])
    has_keys(fallback, {"name", "instance", "reason"});
}

}  // namespace

TEST_CASE("info --json says what is in a stream, the same for both forms") {
  const Bytes native = small_stream().bytes();
  const Bytes ber = encode(native).out;
  const Json of_native = info(native);
  const Json of_ber = info(ber);
  for (const Json& json : {of_native, of_ber}) {
    has_schema(json);
    CHECK(json["schema"] == 1);
    CHECK(json["schema_fingerprint"] == asn1::schema().fingerprint);
    CHECK(json["complete"] == true);
    CHECK(json["machine"] == "tiny-1.0");
    CHECK(json["page_size"] == 1024);
    CHECK(json["blocks"] ==
          Json::parse(R"([{"name": "pc.ram", "length": 65536}, {"name": "pc.rom", "length": 65536}])"));
    CHECK(json["pages"] == Json::parse(R"({"zero": 3, "full": 3, "xbzrle": 1, "compressed": 1, "hook": 0})"));
    CHECK(json["sections"]["total"] == 10);
    CHECK(json["sections"]["typed"] == 2);
    CHECK(json["sections"]["fallback"] == Json::array());
    CHECK(json["bytes"]["ram"] == 3 * 1024 + 4 + 17);
    CHECK(json["rounds"] == 2);
    CHECK(json["rounds_exact"] == true);
    CHECK(json["ram_sent_elsewhere"] == false);
    CHECK(json["footers"] == true);
    CHECK(json["description"] == true);
    CHECK(json["capabilities"] == Json::parse(R"(["some-capability"])"));
    CHECK(json["devices"] ==
          Json::parse(R"([{"name": "dev", "instance": 0, "version": 2, "bytes": 57, "state": "typed"},
                          {"name": "old", "instance": 3, "version": 1, "bytes": 6, "state": "typed"}])"));
  }
  CHECK(of_native["format"] == "native");
  CHECK(of_ber["format"] == "ber");
  CHECK(of_native["bytes"]["in"] == native.size());
  CHECK(of_ber["bytes"]["in"] == ber.size());
  CHECK(of_native["bytes"]["device"] == dev_state().size() + old_state().size());
  for (const Json& json : {of_native, of_ber}) {
    const Json& bytes = json["bytes"];
    CHECK(bytes["in"] ==
          bytes["ram"].get<long>() + bytes["device"].get<long>() + bytes["overhead"].get<long>());
  }
}

TEST_CASE("what a stream does not say is null, never left out") {
  const Json json = info(NativeBuilder().eof().bytes());
  has_schema(json);
  CHECK(json["machine"].is_null());
  CHECK(json["page_size"].is_null());
  CHECK(json["blocks"] == Json::array());
}

TEST_CASE("info of a stream that is cut says what there was, and that it is not complete") {
  const Bytes native = small_stream().bytes();
  const Json json = info(ByteView(native).first(native.size() / 2), 3);
  has_schema(json);
  CHECK(json["complete"] == false);
  CHECK(json["machine"] == "tiny-1.0");
  CHECK(json["bytes"]["in"] == native.size() / 2);
}

TEST_CASE("info counts sections by how they are known") {
  Bytes bad = dev_state();
  bad.push_back(0);
  NativeBuilder to;
  to.page_size = 1024;
  to.device(9, "first", Bytes(3, 1));
  to.command(3, Bytes{0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 4, 0});
  to.ram(1, {"a"}, 0x1000).end(1).zero("a", 0).eos().footer(1);
  to.device(7, "dev", bad, 0, 2).device(0, "old", old_state(), 3).device(8, "unknown", Bytes(3, 1));
  to.eof().description(small_description());
  const Json sections = info(to.bytes())["sections"];
  CHECK(sections["early"] == 1);
  CHECK(sections["undescribed"] == 1);
  CHECK(sections["typed"] == 1);
  REQUIRE(sections["fallback"].size() == 1);
  CHECK(sections["fallback"][0]["name"] == "dev");
  CHECK(sections["fallback"][0]["instance"] == 0);
  CHECK_FALSE(sections["fallback"][0]["reason"].get<std::string>().empty());
  CHECK(info(encode(to.bytes(), whole(), {.opaque = true}).out)["sections"]["opaque"] == 1);
}

TEST_CASE("info is text without --json, with the same exit codes") {
  const Ran ran = run({"info", "-"}, small_stream().bytes());
  CHECK(ran.code == 0);
  CHECK(ran.out.find("tiny-1.0") != std::string::npos);
  CHECK(run({"info", "-"}, Bytes{'n', 'o', 'n', 'e'}).code == 1);
  CHECK(run({"info", "/nowhere/at/all"}).code == 2);
}
