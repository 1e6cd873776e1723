// SPDX-License-Identifier: LGPL-2.1-or-later
// The grammar of names, as the manual has it.
#include <qember/advanced/vm/selector.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::vm;

namespace {

bool selects(const std::string& text, std::string_view name, std::uint32_t instance = 0,
             const std::vector<std::string>& others = {}) {
  DeviceSelector selector({text});
  selector.consider(name);
  for (const std::string& other : others) selector.consider(other);
  return selector.selects(name, instance);
}

/// A description of devices with these names, each with a field `f`.
device::Description description(const std::vector<std::string>& names) {
  std::string devices;
  for (const std::string& name : names)
    devices +=
        fmt::format(R"({}{{"name": "{}", "instance_id": 0, "vmsd_name": "d", "version": 1, "fields": [)"
                    R"({{"name": "field", "type": "uint8", "size": 1}}]}})",
                    devices.empty() ? "" : ", ", name);
  const std::string text = fmt::format(R"({{"page_size": 4096, "devices": [{}]}})", devices);
  return std::move(*device::Description::parse(as_bytes(text)));
}

/// What `[DEVICE:]FIELD` is in each of the devices; `-` for nothing.
std::string paths(const std::string& text, const device::Description& of) {
  FieldSelector selector(text);
  selector.consider(of.devices());
  std::string found;
  for (const device::Device& device : of.devices())
    found += fmt::format("{}{}", found.empty() ? "" : " ", selector.path_in(device).value_or("-"));
  return found;
}

std::vector<event::RamBlock> blocks(const std::vector<std::string>& names) {
  std::vector<event::RamBlock> made;
  for (const std::string& name : names) made.emplace_back().name = name;
  return made;
}

}  // namespace

TEST_CASE("DEVICE is a name, a name with its instance, or a pattern") {
  CHECK(selects("cpu", "cpu", 3));
  CHECK(selects("cpu/3", "cpu", 3));
  CHECK(selects("cpu/0x3", "cpu", 3));
  CHECK_FALSE(selects("cpu/2", "cpu", 3));
  CHECK_FALSE(selects("cpu", "cpu_common"));
  CHECK(selects("cpu*", "cpu_common"));
  CHECK(selects("*", "0000:00:01.3/piix4_pm"));
  CHECK(selects("*/piix4_pm", "0000:00:01.3/piix4_pm"));
  CHECK(selects("*/piix4_pm/0", "0000:00:01.3/piix4_pm"));
  CHECK(selects("0000:00:0?.3/*", "0000:00:01.3/piix4_pm"));
  CHECK(selects("cpu/*", "cpu", 7));
  CHECK_FALSE(selects("cp?", "cp"));
  CHECK_FALSE(selects("", "cpu"));
}

TEST_CASE("all of the text is a name where the stream has it") {
  CHECK(selects("cpu/0", "cpu/0", 5));
  CHECK_FALSE(selects("cpu/0", "cpu", 0, {"cpu/0"}));
  CHECK(selects("c*", "c*"));
  CHECK_FALSE(selects("c*", "cpu", 0, {"c*"}));
}

TEST_CASE("a pattern takes time for what it is") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  CHECK_FALSE(selects(pattern + "b", std::string(255, 'a')));
}

TEST_CASE("each of several DEVICEs has to mean something") {
  DeviceSelector selector({"cpu", "seral"});
  CHECK(selector.selects("cpu", 0));
  CHECK_FALSE(selector.selects("serial", 0));
  const Status missed = selector.missed();
  REQUIRE_FALSE(missed);
  CHECK(missed.error().code == Errc::usage);
  CHECK(missed.error().expected == "the section seral");
  CHECK(missed.error().found == "none; did you mean serial?");
}

TEST_CASE("of a name that there is, another instance may be meant") {
  DeviceSelector selector({"cpu/9"});
  CHECK_FALSE(selector.selects("cpu_common", 0));
  CHECK_FALSE(selector.selects("cpu", 1));
  CHECK(selector.missed().error().found == "none; did you mean cpu/1?");
}

TEST_CASE("the longest name before a colon is the DEVICE of a FIELD") {
  const auto pci = description({"0000:00:01.3/pm", "cpu"});
  CHECK(paths("field", pci) == "field field");
  CHECK(paths("cpu:field", pci) == "- field");
  CHECK(paths("0000:00:01.3/pm:field", pci) == "field -");
  CHECK(paths("0000:00:01.3/pm/0:field", pci) == "field -");
  CHECK(paths("*pm:field", pci) == "field -");
  CHECK(paths("nothing:field", pci) == "nothing:field nothing:field");
  CHECK(paths("a:b:field", description({"a", "a:b"})) == "- field");
}

TEST_CASE("a FIELD that is not there is answered with the one that is like it") {
  const auto one = description({"cpu"});
  FieldSelector selector("cpu:feild[3]");
  selector.consider(one.devices());
  CHECK(selector.path_in(one.devices().front()) == "feild[3]");
  CHECK(selector.missed().found == "none; did you mean field?");
  FieldSelector anywhere("feild");
  anywhere.consider(one.devices());
  CHECK(anywhere.path_in(one.devices().front()) == "feild");
  CHECK(anywhere.missed().found == "none; did you mean field?");
  FieldSelector elsewhere("cpuu/0:field");
  elsewhere.consider(one.devices());
  CHECK(elsewhere.missed().found == "none; did you mean cpu/0:field?");
}

TEST_CASE("memory is named by a block and an offset, or by an address") {
  const auto list = blocks({"pc.ram", "pc.ram+1", "odd+name"});
  const auto place = [&list](std::string_view text) {
    const auto parsed = parse_place(text, list);
    if (!parsed) return parsed.error().found;
    return parsed->block ? fmt::format("{}+{:#x}", *parsed->block, parsed->address)
                         : fmt::format("{:#x}", parsed->address);
  };
  CHECK(place("pc.ram+0x1000") == "0+0x1000");
  CHECK(place("pc.ram+4096") == "0+0x1000");
  CHECK(place("pc.ram+1+2") == "1+0x2");
  CHECK(place("odd+name+0") == "2+0x0");
  CHECK(place("0x7c00") == "0x7c00");
  CHECK(place("512") == "0x200");
  CHECK(place("pc.rm+0x1") == "pc.rm+0x1; did you mean pc.ram+0x1?");
  CHECK(place("pc.rm") == "pc.rm; did you mean pc.ram+0x0?");
  CHECK(place("pc.ram") == "pc.ram; did you mean pc.ram+0x0?");
  CHECK(place("pc.ram+x") == "pc.ram+x; did you mean pc.ram+0x0?");
  CHECK(place("nothing+1") == "nothing+1");
  // As registers are printed.
  CHECK(place("0") == "0x0");
  CHECK(place("0000000000006000") == "0000000000006000; did you mean 0x6000?");
  CHECK(place("ffff01e0") == "ffff01e0; did you mean 0xffff01e0?");
  CHECK(place("pc.ram+010") == "pc.ram+010; did you mean pc.ram+0x10?");
  CHECK(place("0x10000000000000000") == "0x10000000000000000");
}

TEST_CASE("numbers are decimal, or hexadecimal after 0x") {
  CHECK(parse_number("0xffffffffffffffff") == 0xffffffffffffffffU);
  CHECK(parse_number("010") == 10);
  for (const char* const wrong : {"", "0x", "-1", "+1", " 1", "1 ", "1k", "18446744073709551616"})
    CHECK_FALSE(parse_number(wrong));
}
