// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's show: every field by its name, for people and for scripts, from either form.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/samples.hpp"

#include <qember/advanced/core/printable.hpp>
#include <qember/saved_vm.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

Ran show(ByteView stream, Arguments options = {}) {
  options.insert(options.begin(), "show");
  options.push_back("-");
  return run(options, stream);
}

std::vector<Json> records(const std::string& lines) {
  std::vector<Json> found;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) found.push_back(Json::parse(line));
  return found;
}

std::vector<Json> show_json(ByteView stream, Arguments options = {}) {
  options.push_back("--json");
  const Ran ran = show(stream, std::move(options));
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  return records(ran.out);
}

/// The one record of that kind and name.
Json record(const std::vector<Json>& records, std::string_view kind, std::string_view name) {
  for (const Json& each : records)
    if (each["record"] == kind && each.value("name", "") == name) return each;
  FAIL("no " << kind << " " << name);
  return {};
}

/// A stream of one device.
Bytes device_stream(std::string_view name, ByteView state, std::string_view fields) {
  NativeBuilder to;
  to.configuration("tiny-1.0").ram(2, {"pc.ram"}, 0x1000).end(2).eos().footer(2);
  to.device(7, name, state).eof();
  to.description(R"({"page_size": 4096, "devices": [{"name": ")" + std::string(name) +
                 R"(", "instance_id": 0, "vmsd_name": "d", "version": 1, "fields": [)" + std::string(fields) +
                 "]}]}");
  return to.bytes();
}

bool has_controls(const std::string& text) {
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
}

/// Lines of show, by the name at their begin.
using LinesOf = std::map<std::string, std::vector<std::string>>;

/// Whether a line has the field's text behind its name, which is the end of its path and may have dots.
bool is_shown(const LinesOf& lines, const Field& field) {
  for (std::size_t dot = field.path.size(); dot != std::string_view::npos && dot != 0;) {
    dot = field.path.rfind('.', dot - 1);
    const auto found = lines.find(printable(field.path.substr(dot + 1)));
    if (found != lines.end() && std::ranges::any_of(found->second, [&field](const std::string& line) {
          return line.ends_with("  " + to_string(field));
        }))
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("show prints values as the library's to_string does") {
  // Names and the ends of lines, of values that stand on a line of their own.
  const Ran ran = show(sample());
  REQUIRE(ran.code == 0);
  LinesOf lines;
  std::istringstream in(ran.out);
  for (std::string line; std::getline(in, line);) {
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    lines[line.substr(begin, line.find(' ', begin) - begin)].push_back(line);
  }
  const Bytes stream = sample();
  const auto vm = SavedVm::open(stream).or_throw();
  std::size_t values = 0;
  for (const Device& device : vm.devices().or_throw()) {
    if (!device.is_described()) continue;
    for (const Field& field : device.fields().or_throw()) {
      if (field.count || field.path.find('[') != std::string_view::npos) continue;
      INFO(device.name() << ':' << field.path << ' ' << to_string(field));
      CHECK(is_shown(lines, field));
      ++values;
    }
  }
  CHECK(values > 100);
}

TEST_CASE("show prints a device as a tree") {
  const Ran ran = show(small_stream().bytes(), {"--device", "dev"});
  REQUIRE(ran.code == 0);
  CHECK(ran.out ==
        "dev/0  version 2, section 7, 57 bytes\n"
        "  on     bool       true\n"
        "  level  uint8      128 (0x80)\n"
        "  delta  int16      -2 (0xfffe)\n"
        "  big    uint64     18446744073709551615 (0xffffffffffffffff)\n"
        "  regs   uint32[3]  1  0x80000000  0xffffffff\n"
        "  raw    buffer     00 01 7e 04 05\n"
        "  inner  inner\n"
        "    x  uint16  4660 (0x1234)\n"
        "  list   qtailq[2]\n"
        "    [0]\n"
        "      y  uint8  170 (0xaa)\n"
        "    [1]\n"
        "      y  uint8  187 (0xbb)\n"
        "  dev/sub  subsection\n"
        "    t  timer  -1 (not armed)\n");
}

TEST_CASE("show --json has typed values") {
  const Json device = record(show_json(small_stream().bytes()), "device", "dev");
  const Json& fields = device["fields"];
  CHECK(device["size"] == dev_state().size());
  CHECK(fields[0] == Json::parse(R"({"name": "on", "type": "bool", "value": true})"));
  CHECK(fields[2] ==
        Json::parse(R"({"name": "delta", "type": "int16", "bits": 16, "value": -2, "hex": "0xfffe"})"));
  CHECK(fields[3]["value"].get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
  CHECK(fields[4]["elements"][1] == Json::parse(R"({"value": 2147483648, "hex": "0x80000000"})"));
  CHECK(fields[5]["octets"] == "00017e0405");
  CHECK(fields[7]["elements"][1]["fields"][0]["value"] == 0xbb);
  CHECK(fields[8]["subsection"] == "dev/sub");
  CHECK(fields[8]["version"] == 7);
}

TEST_CASE("show counts RAM and never prints it") {
  const auto all = show_json(small_stream().bytes());
  CHECK(all.front() == Json::parse(R"({"record": "stream", "schema": 1})"));
  const Json ram = record(all, "parts", "ram");
  CHECK(ram["ended"] == true);
  CHECK(ram["page_size"] == 1024);
  CHECK(ram["blocks"][0]["full"] == 2);
  CHECK(ram["blocks"][0]["zero"] == 3);
  CHECK(ram["blocks"][0]["compressed"] == 1);
  CHECK(ram["blocks"][1]["xbzrle"] == 1);
  CHECK(record(all, "parts", "dirty-bitmap")["parts"] == 3);
}

TEST_CASE("show says the same of both forms") {
  for (const auto& path : real_streams()) {
    const Bytes native = load(path);
    const Bytes ber = encode(native).out;
    INFO(path);
    for (const Arguments& options : {Arguments{}, Arguments{"--json"}}) {
      const Ran of_native = show(native, options);
      CHECK(of_native.code == 0);
      CHECK(of_native.out == show(ber, options).out);
      CHECK_FALSE(has_controls(of_native.out));
    }
  }
}

TEST_CASE("show selects a device by name and instance, and fields by path") {
  const Bytes stream = small_stream().bytes();
  CHECK(show(stream, {"--device", "old/3"}).out == show(stream, {"--device", "old"}).out);
  CHECK(show(stream, {"--device", "old/0x3"}).code == 0);
  CHECK(show(stream, {"--device", "old/4"}).code == 2);
  CHECK(show(stream, {"--device", "dev", "--field", "regs[1]"}).out ==
        "dev/0  version 2, section 7, 57 bytes\n  regs[1]  uint32     2147483648 (0x80000000)\n");
  const Json sub = record(show_json(stream, {"--field", "dev/sub.t"}), "device", "dev");
  CHECK(sub["fields"].size() == 1);
  CHECK(sub["fields"][0]["path"] == "dev/sub.t");
  CHECK(show(stream, {"--field", "reg"}).code == 2);
}

TEST_CASE("show takes a name with a slash for a name first") {
  const std::string field = R"({"name": "a", "type": "uint8", "size": 1})";
  const Bytes stream = device_stream("0000:00:01.3/piix4_pm", Bytes{1}, field);
  CHECK(show(stream, {"--device", "0000:00:01.3/piix4_pm"}).code == 0);
  CHECK(show(stream, {"--device", "0000:00:01.3/piix4_pm/0"}).code == 0);
  CHECK(show(stream, {"--device", "0000:00:01.3"}).code == 2);
  CHECK(show(device_stream("cpu/0", Bytes{1}, field), {"--device", "cpu/0"}).code == 0);
}

TEST_CASE("show folds runs of values and elements that are alike") {
  const std::string array =
      R"({"name": "v", "array_len": 6, "type": "uint8", "size": 1}, )"
      R"({"name": "s", "array_len": 3, "type": "struct", "size": 1, "struct": )"
      R"({"vmsd_name": "e", "version": 1, "fields": [{"name": "b", "type": "uint8", "size": 1}]}})";
  const Ran ran = show(device_stream("dev", Bytes{0, 0, 0, 0, 7, 7, 1, 1, 2}, array), {"--device", "dev"});
  CHECK(ran.out ==
        "dev/0  version 1, section 7, 9 bytes\n"
        "  v  uint8[6]  0 ×4  7 ×2\n"
        "  s  e[3]\n"
        "    [0..1]\n"
        "      b  uint8  1\n"
        "    [2]\n"
        "      b  uint8  2\n");
}

TEST_CASE("show keeps fields that have one name") {
  const std::string field = R"({"name": "a", "type": "uint8", "size": 1})";
  const Json device =
      record(show_json(device_stream("dev", Bytes{5, 6}, field + ", " + field)), "device", "dev");
  CHECK(device["fields"][1] ==
        Json::parse(R"({"name": "a", "index": 1, "type": "uint8", "bits": 8, "value": 6, "hex": "0x06"})"));
}

TEST_CASE("show gives a digest and a reason for what does not fit its description") {
  for (const char* const field : {R"({"name": "a", "type": "uint8", "size": 1})",
                                  R"({"name": "a", "array_len": 4294967295, "type": "uint8", "size": 1})",
                                  R"({"name": "a", "type": "buffer", "size": 9223372036854775808})"}) {
    const Json device = record(show_json(device_stream("dev", Bytes(3), field)), "device", "dev");
    CHECK(device["size"] == 3);
    CHECK_THAT(device["reason"].get<std::string>(), Catch::StartsWith("does not fit its description"));
    CHECK(device["described"][0]["name"] == "a");
  }
}

TEST_CASE("show bears a description that nests a thousand deep") {
  std::string field = R"({"name": "x", "type": "uint8", "size": 1})";
  for (int i = 0; i < 1000; ++i)
    field =
        R"({"name": "s", "type": "struct", "size": 1, "struct": {"vmsd_name": "v", "version": 1, "fields": [)" +
        field + "]}}";
  const Ran ran = show(device_stream("dev", Bytes{1}, field));
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Catch::Contains("deeper than allowed"));
}

TEST_CASE("show lets no control character of a name through") {
  const std::string field = R"({"name": "\u001b[2J\u009b\u202e\\", "type": "\u0007", "size": 1})";
  const Bytes stream = device_stream("dev", Bytes{1}, field);
  CHECK_THAT(show(stream).out, Catch::Contains(R"(\x1b[2J\xc2\x9b\xe2\x80\xae\\)"));
  CHECK_FALSE(has_controls(show(stream).out));
  const Json device = record(show_json(stream), "device", "dev");
  CHECK_FALSE(has_controls(device["fields"][0]["name"].get<std::string>()));
}

TEST_CASE("show colours when asked, and is plain in a pipe") {
  const Bytes stream = small_stream().bytes();
  CHECK_FALSE(has_controls(show(stream).out));
  CHECK(has_controls(show(stream, {"--color=always"}).out));
}

TEST_CASE("show prints what comes before the end of a stream that is cut") {
  const Bytes stream = small_stream().bytes();
  const Ran ran = show(ByteView(stream).first(stream.size() / 2));
  CHECK(ran.code == 3);
  CHECK_THAT(ran.out, Catch::StartsWith("configuration\n  machine  tiny-1.0\n"));
}

TEST_CASE("show --offsets finds sections in the file and fields in their section") {
  const Bytes stream = small_stream().bytes();
  const Json device = record(show_json(stream, {"--offsets"}), "device", "dev");
  CHECK(stream[device["offset"].get<std::size_t>()] == 4);
  CHECK(device["fields"][3]["at"] == 4);
  CHECK(device["fields"][8]["fields"][0]["at"] == dev_state().size() - 8);
}

TEST_CASE("show takes several devices, patterns, and a device before a field") {
  const Bytes stream = small_stream().bytes();
  const std::string both = show(stream, {"--device", "dev"}).out + show(stream, {"--device", "old"}).out;
  CHECK(show(stream, {"--device", "old", "--device", "dev/0"}).out.size() == both.size());
  CHECK(show(stream, {"--device", "d*v"}).out == show(stream, {"--device", "dev"}).out);
  CHECK(show(stream, {"--field", "dev:regs[1]"}).out ==
        show(stream, {"--device", "dev", "--field", "regs[1]"}).out);
  CHECK(show(stream, {"--field", "old:regs[1]"}).code == 2);
  CHECK_THAT(show(stream, {"--device", "dve"}).error,
             Catch::Contains("-: device: expected the section dve, found none; did you mean dev?"));
  CHECK_THAT(show(stream, {"--field", "dev:rges"}).error, Catch::Contains("did you mean regs?"));
  CHECK_THAT(show(sample(), {"--field", "cpu/0:rpi"}).error, Catch::Contains("did you mean rip?"));
}

TEST_CASE("show takes a register by its name") {
  const std::string fields = R"({"name": "env.regs", "array_len": 16, "type": "uint64", "size": 8},)"
                             R"({"name": "env.eip", "type": "uint64", "size": 8})";
  Bytes state(17 * 8);
  state[4 * 8 + 7] = 0x42;
  const Bytes stream = device_stream("cpu", state, fields);
  CHECK_THAT(show(stream, {"--field", "cpu/0:rsp"}).out,
             Catch::Contains("env.regs[4]") && Catch::Contains("0x42"));
  CHECK(show(stream, {"--field", "rsp"}).out == show(stream, {"--field", "cpu:env.regs[4]"}).out);
}

TEST_CASE("show says of each capability of PCI which it is") {
  Bytes config(256);
  config[0x06] = 0x10;
  config[0x34] = 0x40;
  config[0x40] = 0x01;
  config[0x41] = 0x50;
  config[0x50] = 0x11;
  config[0x51] = 0x60;
  config[0x60] = 0x0d;
  const Ran ran = show(
      device_stream("0000:00:03.0/x", config, R"({"name": "config", "type": "pci config", "size": 256})"));
  CHECK(ran.code == 0);
  for (const char* const line :
       {" [0x40]  Power Management\n", " [0x50]  MSI-X\n", " [0x60]  Bridge Subsystem\n"})
    CHECK(ran.out.find(line) != std::string::npos);
}

TEST_CASE("show of devices of a large native file reads its end alone") {
  constexpr std::uint64_t pages = 5000;
  const auto append = [](Bytes& to, const NativeBuilder& part) {
    constexpr std::size_t header = 8;  // of a stream
    to.insert(to.end(), part.bytes().begin() + header, part.bytes().end());
  };
  NativeBuilder head;
  head.configuration("pc-i440fx-7.2", 4096).ram(2, {"pc.ram"}, pages * 4096).part(2).page("pc.ram", 0, 1);
  Bytes stream = head.bytes();
  for (std::uint64_t i = 1; i < pages; ++i) {
    NativeBuilder page;
    append(stream, page.page({}, i * 4096, 1));
  }
  NativeBuilder tail;
  tail.eos().footer(2).ended(2).device(7, "dev", dev_state(), 0, 2).device(0, "old", old_state(), 3);
  append(stream, tail.eof().description(small_description(4096)));
  const Scratch scratch;
  const std::string sound = scratch.file("sound", stream);
  // In the midst of the pages, which a pass would find.
  std::fill_n(stream.begin() + static_cast<std::ptrdiff_t>(stream.size() / 2), 5000, std::uint8_t{0xff});
  const std::string damaged = scratch.file("damaged", stream);

  const std::string field = show_json(read_file(sound), {"--device", "dev"})[0]["fields"][0]["name"];
  for (const Arguments& what : {Arguments{"--device", "dev"},
                                {"--device", "old/3", "--device", "d*", "--json"},
                                {"--field", "dev:" + field},
                                {"--device", "dev", "--field", field, "--offsets"}}) {
    const auto of = [&what](const std::string& file, bool in_order) {
      Arguments arguments{"show"};
      arguments.insert(arguments.end(), what.begin(), what.end());
      arguments.push_back(in_order ? "-" : file);
      return run(arguments, in_order ? read_file(file) : Bytes());
    };
    const Ran whole = of(sound, true);
    CHECK(whole.code == 0);
    CHECK(of(sound, false).out == whole.out);
    CHECK(of(damaged, true).code == 1);
    CHECK(of(damaged, false).code == 0);
    CHECK(of(damaged, false).out == whole.out);
  }
  for (const Arguments& what : {Arguments{}, {"--device", "ram"}, {"--device", "*"}, {"--device", "none"}}) {
    Arguments arguments{"show", damaged};
    arguments.insert(arguments.end(), what.begin(), what.end());
    CHECK(run(arguments).code == 1);
  }
}
