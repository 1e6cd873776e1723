// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cpus.hpp"

#include "pc_streams.hpp"

namespace qember::test {
namespace {

constexpr std::string_view segment_fields =
    R"({"vmsd_name": "segment", "version": 1, "fields": [{"name": "selector", "type": "uint32", "size": 4}, )"
    R"({"name": "base", "type": "uint64", "size": 8}, {"name": "limit", "type": "uint32", "size": 4}, )"
    R"({"name": "flags", "type": "uint32", "size": 4}]})";

std::string field(const std::string& name, const std::string& type, int size, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", )" + more + R"("type": ")" + type + R"(", "size": )" +
         std::to_string(size) + "}";
}
std::string segment_field(const std::string& name, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", )" + more + R"("type": "struct", "struct": )" +
         std::string(segment_fields) + R"(, "size": 20})";
}

}  // namespace

std::string cpu_description(int width, int cpus) {
  const std::string word = "uint" + std::to_string(8 * width);
  std::string fields = field("env.regs", word, width, R"("array_len": 16, )") + ", " +
                       field("env.eip", word, width) + ", " + field("env.eflags", word, width) + ", " +
                       field("env.hflags", "uint32", 4) + ", " +
                       segment_field("env.segs", R"("array_len": 6, )");
  for (const std::string table : {"env.ldt", "env.tr", "env.gdt", "env.idt"})
    fields += ", " + segment_field(table);
  for (const int number : {0, 2, 3, 4})
    fields += ", " + field("env.cr[" + std::to_string(number) + "]", "uint64", 8);
  fields += ", " + field("env.dr", "uint64", 8, R"("array_len": 8, )") + ", " +
            field("env.kernelgsbase", "uint64", 8);
  std::string text = R"({"page_size": 4096, "devices": [)";
  for (int i = 0; i < cpus; ++i)
    text += std::string(i == 0 ? "" : ", ") + R"({"name": "cpu", "instance_id": )" + std::to_string(i) +
            R"(, "vmsd_name": "cpu", "version": 12, "fields": [)" + fields + "]}";
  return text + "]}";
}

std::uint64_t value_of(std::uint64_t number, std::uint64_t cpu) {
  return 0xc0de000000000000 | cpu << 32U | number << 8U | 0x11;
}

Bytes cpu_state(int width, std::uint64_t cpu) {
  Bytes state;
  const auto put = [&state](std::uint64_t value, int size) {
    while (size-- > 0) state.push_back(static_cast<std::uint8_t>(value >> (8 * static_cast<unsigned>(size))));
  };
  for (std::uint64_t i = 0; i < 16; ++i) put(value_of(regs + i, cpu), width);
  put(value_of(eip, cpu), width);
  put(value_of(eflags, cpu), width);
  put(0xffffffff, 4);
  for (std::uint64_t i = segs; i < cr; ++i) {
    put(0x5e000000 + i, 4);
    put(value_of(i, cpu), 8);
    put(0x11000000 + i, 4);
    put(0xf1000000 + i, 4);
  }
  for (const std::uint64_t number : {0, 2, 3, 4}) put(value_of(cr + number, cpu), 8);
  for (int i = 0; i < 8; ++i) put(~std::uint64_t{0}, 8);
  put(value_of(kernel_gs, cpu), 8);
  return state;
}

Bytes with_cpus(int width, int count, const std::string& description) {
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, 2 * page_size)
      .part(1)
      .page("pc.ram", 0, 1)
      .zero({}, page_size)
      .eos()
      .footer(1)
      .ended(1);
  for (int i = 0; i < count; ++i)
    to.device(static_cast<std::uint32_t>(2 + i), "cpu", cpu_state(width, static_cast<std::uint64_t>(i)),
              static_cast<std::uint32_t>(i), 12);
  return to.eof().description(description).bytes();
}

}  // namespace qember::test
