// SPDX-License-Identifier: LGPL-2.1-or-later
#include "samples.hpp"

#include "hex.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace qember::test {

std::string small_description(std::size_t page_size) {
  return R"({"page_size": )" + std::to_string(page_size) +
         R"(, "devices": [)"
         R"({"name": "dev", "instance_id": 0, "vmsd_name": "dev", "version": 2, "fields": [)"
         R"({"name": "on", "type": "bool", "size": 1}, )"
         R"({"name": "level", "type": "uint8", "size": 1}, )"
         R"({"name": "delta", "type": "int16", "size": 2}, )"
         R"({"name": "big", "type": "uint64", "size": 8}, )"
         R"({"name": "regs", "array_len": 3, "type": "uint32", "size": 4}, )"
         R"({"name": "raw", "type": "buffer", "size": 5}, )"
         R"({"name": "inner", "type": "struct", "struct": {"vmsd_name": "inner", "version": 1, "fields": [)"
         R"({"name": "x", "type": "uint16", "size": 2}]}, "size": 2}, )"
         R"({"name": "list", "type": "qtailq", "vmsd_name": "item", "version": 1, "fields": [)"
         R"({"name": "y", "type": "uint8", "size": 1}], "vmsd_name": "item", "version": 1, "fields": [)"
         R"({"name": "y", "type": "uint8", "size": 1}], "size": 5}], )"
         R"("subsections": [{"vmsd_name": "dev/sub", "version": 7, "fields": [)"
         R"({"name": "t", "type": "timer", "size": 8}]}]}, )"
         R"({"name": "old", "instance_id": 3, "size": 6, "fields": [{"name": "data", "size": 6, "type": "buffer"}]})"
         R"(]})";
}

Bytes dev_state() {
  return from_hex(
      "01 80 fffe ffffffffffffffff 00000001 80000000 ffffffff 00017e0405 1234"
      "01 aa 01 bb 00  05 07 6465762f737562 00000007 ffffffffffffffff");
}

Bytes old_state() { return from_hex("000000000000"); }

NativeBuilder small_stream() {
  NativeBuilder to;
  to.configuration("tiny-1.0", 1024);
  to.u8(5).counted("configuration/capabilities").u32(1).u32(1).counted("some-capability");
  to.command(2, from_hex("00000001"));
  to.ram(2, {"pc.ram", "pc.rom"}, 0x10000);
  to.section(1, 5, "dirty-bitmap", 0, 1).u8(1).footer(5);
  to.part(2)
      .zero("pc.ram", 0)
      .page({}, 0x1000, 0xab)
      .zero({}, 0x2000, 0x77)
      .page("pc.rom", 0x3000, 0xcd)
      .eos()
      .footer(2);
  to.part(5).u8(0x4c).counted("node").counted("map");
  to.raw(from_hex("0000000000000000 00000008")).u64(32).passed_on(Bytes(32, 0xff)).u8(1).footer(5);
  to.part(2).eos().footer(2);
  to.part(2)
      .xbzrle({}, 0x3000, from_hex("05 02 1122"))
      .compressed("pc.ram", 0x4000, from_hex("78da7bf76e148c8251305201004faeb82e"))
      .eos()
      .footer(2);
  to.end(2).page("pc.ram", 0x5000, 0).zero({}, 0x6000).eos().footer(2);
  to.end(5).u8(1).footer(5);
  to.device(7, "dev", dev_state(), 0, 2).device(0, "old", old_state(), 3);
  return to.eof().description(small_description());
}

std::vector<std::filesystem::path> real_streams() {
  std::vector<std::filesystem::path> found;
  if (const std::filesystem::path shared(QEMBER_TEST_STREAMS); std::filesystem::is_directory(shared))
    for (const auto& entry : std::filesystem::directory_iterator(shared))
      if (entry.path().extension() == ".xz") found.push_back(entry.path());
  std::ranges::sort(found);
  found.emplace_back(QEMBER_TEST_SAMPLE);
  return found;
}

Bytes load(const std::filesystem::path& path) {
  if (path.extension() != ".xz") {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("no " + path.string());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(
      ::popen(("xz -dc '" + path.string() + "'").c_str(), "r"), close);
  Bytes bytes;
  std::array<std::uint8_t, 65536> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
  if (bytes.empty()) throw std::runtime_error("xz could not read " + path.string());
  return bytes;
}

Bytes sample() { return load(QEMBER_TEST_SAMPLE); }

}  // namespace qember::test
