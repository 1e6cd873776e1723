// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/device/registers.hpp>
#include "device/register_table.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <set>

using namespace qember;
using namespace qember::device;

namespace {

/// The description of one CPU with these fields.
Description cpu(const std::string& fields, const std::string& name = "cpu") {
  const std::string text = fmt::format(
      R"({{"page_size": 4096, "devices": [{{"name": "{}", "instance_id": 0, "vmsd_name": "cpu", "version": 1,)"
      R"( "fields": [{}]}}]}})",
      name, fields);
  return std::move(*Description::parse(as_bytes(text)));
}

const std::string arm_fields =
    R"({"name": "env.regs", "array_len": 16, "type": "uint32", "size": 4},)"
    R"({"name": "env.xregs", "array_len": 32, "type": "uint64", "size": 8},)"
    R"({"name": "env.pc", "type": "uint64", "size": 8}, {"name": "cpsr", "type": "cpsr", "size": 4})";

/// r15 is 0x1f, x31 is 0x2f, the program counter 8.
Bytes arm_state(std::uint8_t mode) {
  Bytes state;
  for (std::uint8_t i = 0; i < 16; ++i)
    state.insert(state.end(), {0, 0, 0, static_cast<std::uint8_t>(0x10 + i)});
  for (std::uint8_t i = 0; i < 32; ++i)
    state.insert(state.end(), {0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(0x10 + i)});
  state.insert(state.end(), {0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0x03, mode});
  return state;
}

}  // namespace

TEST_CASE("names of registers are each architecture's own, once") {
  for (const Architecture& architecture : architectures()) {
    std::set<std::string_view> names;
    for (const auto& rows : {architecture.rows, architecture.shared})
      for (const RegisterRow& row : rows) {
        INFO(architecture.name << ": " << row.names << " at " << row.path);
        CHECK((row.names.empty() || names.insert(row.names).second || row.path == "fsr" ||
               row.names == "virt"));
        const bool is_many = row.count > 1 || row.names.find(' ') != std::string_view::npos;
        CHECK(is_many == (row.path.find('#') != std::string_view::npos));
        CHECK((row.high.empty() || row.high.find('#') != std::string_view::npos));
      }
  }
}

TEST_CASE("an ARM CPU has the names of the state that it is in") {
  const Description description = cpu(arm_fields);
  const Device& device = description.devices().front();
  const auto wide = read_registers(device, arm_state(0xc5));
  REQUIRE(wide);
  CHECK(wide->architecture == "aarch64");
  CHECK(wide->find("sp")->value == 0x2f);
  CHECK(wide->find("pc")->value == 8);
  CHECK(wide->find("cpsr") == wide->find("pstate"));
  CHECK(wide->find("r0") == nullptr);
  const auto narrow = read_registers(device, arm_state(0xd3));
  REQUIRE(narrow);
  CHECK(narrow->architecture == "arm");
  CHECK(narrow->find("pc")->value == 0x1f);
  CHECK(narrow->find("cpsr")->value == 0x3d3);
  CHECK(narrow->find("cpsr")->bits == 32);
}

TEST_CASE("the path of a register is that of its field") {
  const Description description = cpu(arm_fields);
  const Device& device = description.devices().front();
  CHECK(register_path(device, "x7") == "env.xregs[7]");
  CHECK(register_path(device, "r7") == "env.regs[7]");
  CHECK(register_path(device, "sp") == "env.xregs[31]");
  CHECK(register_path(device, "q0").empty());
  CHECK(register_path(device, "").empty());
  const Description other = cpu(arm_fields, "cpux");
  CHECK(register_path(other.devices().front(), "x7").empty());
}

TEST_CASE("what is no CPU, or no state of it, has no registers") {
  const Description other = cpu(R"({"name": "env.regs", "type": "uint16", "size": 2})");
  CHECK_FALSE(has_registers(other.devices().front()));
  CHECK(read_registers(other.devices().front(), Bytes(2)).error().code == Errc::unsupported);
  const Description arm = cpu(arm_fields);
  CHECK(read_registers(arm.devices().front(), Bytes(7)).error().code == Errc::description_mismatch);
}

TEST_CASE("the current window of SPARC's registers wraps") {
  const Description description =
      cpu(R"({"name": "env.gregs", "array_len": 8, "type": "uint32", "size": 4},)"
          R"({"name": "env.nwindows", "type": "uint32", "size": 4},)"
          R"({"name": "env.regbase", "array_len": 32, "type": "uint32", "size": 4},)"
          R"({"name": "env.npc", "type": "uint32", "size": 4}, {"name": "psr", "type": "psr", "size": 4})");
  Bytes state(32);
  state.insert(state.end(), {0, 0, 0, 2});
  for (std::uint8_t i = 0; i < 32; ++i) state.insert(state.end(), {0, 0, 0, i});
  state.insert(state.end(), {0, 0, 0, 0, 0, 0, 0, 1});
  const auto last = read_registers(description.devices().front(), state);
  REQUIRE(last);
  CHECK(last->find("o0")->value == 16);
  CHECK(last->find("l7")->value == 31);
  CHECK(last->find("i3")->value == 3);
  state.back() = 2;  // no such window
  CHECK(read_registers(description.devices().front(), state)->find("o0") == nullptr);
}
