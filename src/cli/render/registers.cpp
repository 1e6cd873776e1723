// SPDX-License-Identifier: LGPL-2.1-or-later
#include "registers.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace qember::cli {
namespace {

using device::Register;
using device::RegisterSet;

/// All of its digits, and nothing before them.
std::string digits_of(const Register& each) { return to_string(each).substr(2); }

std::string name_text(const Register& each) {
  return each.alias.empty() ? each.name : each.name + '/' + each.alias;
}

bool is_zero(const Register& each) { return each.value == 0 && each.high == 0; }

std::string_view name_of(RegisterSet set) {
  switch (set) {
    case RegisterSet::general: return "general";
    case RegisterSet::control: return "control";
    case RegisterSet::floating: return "floating point";
    case RegisterSet::vector: return "vector";
  }
  return {};
}

/// Of x86's segments: `cs 0010  base 0000000000000000  limit ffffffff  flags 00af9b00` and the like, by the
/// registers `cs`, `cs_base`, `cs_limit` and `cs_flags`.
std::string segment_text(const device::CpuRegisters& cpu, const std::string& name, const Style& style) {
  std::string text = "  " + style.paint(Paint::cyan, fmt::format("{:<4}", name));
  const Register* const selector = cpu.find(name);
  text += selector == nullptr ? "    " : fmt::format("{:04x}", selector->value);
  for (const char* const part : {"base", "limit", "flags"})
    if (const Register* const each = cpu.find(name + '_' + part))
      text += fmt::format("  {} {}", part, digits_of(*each));
  return text + '\n';
}

constexpr std::array segments{"es", "cs", "ss", "ds", "fs", "gs", "ldt", "tr", "gdt", "idt"};

bool is_of_segment(const Register& each) {
  return std::ranges::any_of(segments, [&each](std::string_view name) {
    return each.name == name || (each.name.starts_with(name) && each.name[name.size()] == '_');
  });
}

/// Those of one set, in columns.
std::string set_text(std::span<const Register> registers, const Style& style) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const Register& each : registers) {
    name_width = std::max(name_width, name_text(each).size());
    value_width = std::max(value_width, digits_of(each).size());
  }
  const std::size_t cell = name_width + 1 + value_width + 2;
  const std::size_t columns = std::max<std::size_t>(style.width() / cell, 1);
  std::string text;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    const bool ends_line = (i + 1) % columns == 0 || i + 1 == registers.size();
    const std::string name = fmt::format("{:<{}}", name_text(registers[i]), name_width);
    const std::string value = fmt::format("{:>{}}", digits_of(registers[i]), value_width);
    text += fmt::format("  {} {}{}", style.paint(Paint::cyan, name), value, ends_line ? "\n" : "");
  }
  return text;
}

}  // namespace

std::string registers_text(const vm::Cpu& cpu, const Style& style) {
  const auto& registers = cpu.registers.registers;
  std::string text = style.paint(Paint::bold, fmt::format("cpu/{}", cpu.instance)) +
                     fmt::format("  {}\n", cpu.registers.architecture);
  for (auto begin = registers.begin(); begin != registers.end();) {
    const RegisterSet set = begin->set;
    const bool folds = set != RegisterSet::general && set != RegisterSet::control;
    const auto end = std::find_if(begin, registers.end(), [&](const Register& each) {
      return each.set != set || (folds && each.bits != begin->bits);
    });
    std::vector<Register> those(begin, end);
    if (cpu.registers.find("gdt_base") != nullptr && set == RegisterSet::control) {
      for (const char* const name : segments) text += segment_text(cpu.registers, name, style);
      std::erase_if(those, is_of_segment);
    }
    if (folds && std::ranges::all_of(those, is_zero))
      text += fmt::format("  {}: {}, all zero\n", name_of(set), counted(those.size(), "register"));
    else
      text += set_text(those, style);
    begin = end;
  }
  return text;
}

std::string registers_json_head() { return "{\"record\":\"stream\",\"schema\":1}\n"; }

std::string registers_json(const vm::Cpu& cpu) {
  nlohmann::ordered_json values;
  for (const Register& each : cpu.registers.registers) values[each.name] = to_string(each);
  const nlohmann::ordered_json record{{"record", "cpu"},
                                      {"instance", cpu.instance},
                                      {"architecture", cpu.registers.architecture},
                                      {"registers", std::move(values)}};
  return record.dump() + '\n';
}

}  // namespace qember::cli
