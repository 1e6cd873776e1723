// SPDX-License-Identifier: LGPL-2.1-or-later
#include "register_rules.hpp"

#include <fmt/format.h>

#include <array>

namespace qember::device {
namespace {

std::uint64_t value_of(const FieldValues& values, std::string_view path) {
  const auto found = values.find(path);
  return found == values.end() ? 0 : found->second.value;
}

Register* find(std::vector<Register>& registers, std::string_view name) {
  for (Register& each : registers)
    if (each.name == name) return &each;
  return nullptr;
}

/// The current one of so many windows of registers: its outs and locals, and the outs of the next one
/// as its ins (SPARC Architecture Manual, 5.1).
void add_window(const FieldValues& values, std::uint64_t current, std::uint64_t windows,
                std::vector<Register>& registers) {
  for (unsigned i = 0; i < 24; ++i) {
    const std::uint64_t window = i < 16 ? current : (current + 1) % windows;
    const auto found = values.find(fmt::format("env.regbase[{}]", window * 16 + i % 16));
    if (found == values.end()) return;
    registers.push_back({fmt::format("{}{}", "oli"[i / 8], i % 8), "", RegisterSet::general,
                         found->second.bits, found->second.value, 0});
  }
}

}  // namespace

/// PSTATE.nRW: code of 32 bits runs (Arm ARM, D1).
bool runs_aarch32(const FieldValues& values) { return (value_of(values, "cpsr") & 0x10U) != 0; }
bool runs_aarch64(const FieldValues& values) { return !runs_aarch32(values); }

namespace {

/// A system register of 64 bits, as KVM's interface numbers them, which QEMU's streams do too.
constexpr std::uint64_t system_register(unsigned op0, unsigned op1, unsigned crn, unsigned crm,
                                        unsigned op2) {
  return 0x6030'0000'0013'0000 | op0 << 14U | op1 << 11U | crn << 7U | crm << 3U | op2;
}

struct SystemRegister {
  std::string_view name;
  std::uint64_t id;
};

// Arm Architecture Reference Manual, D18.
constexpr std::array system_registers{
    SystemRegister{"sctlr_el1", system_register(3, 0, 1, 0, 0)},
    SystemRegister{"ttbr0_el1", system_register(3, 0, 2, 0, 0)},
    SystemRegister{"ttbr1_el1", system_register(3, 0, 2, 0, 1)},
    SystemRegister{"tcr_el1", system_register(3, 0, 2, 0, 2)},
    SystemRegister{"esr_el1", system_register(3, 0, 5, 2, 0)},
    SystemRegister{"far_el1", system_register(3, 0, 6, 0, 0)},
    SystemRegister{"mair_el1", system_register(3, 0, 10, 2, 0)},
    SystemRegister{"vbar_el1", system_register(3, 0, 12, 0, 0)},
    SystemRegister{"contextidr_el1", system_register(3, 0, 13, 0, 1)},
    SystemRegister{"tpidr_el1", system_register(3, 0, 13, 0, 4)},
    SystemRegister{"tpidr_el0", system_register(3, 3, 13, 0, 2)},
    SystemRegister{"hcr_el2", system_register(3, 4, 1, 1, 0)},
};

}  // namespace

/// System registers are in a list of numbers and one of values, in the same order.
void complete_aarch64(const FieldValues& values, std::vector<Register>& registers) {
  for (std::size_t i = 0;; ++i) {
    const auto id = values.find(fmt::format("cpreg_vmstate_indexes[{}]", i));
    const auto value = values.find(fmt::format("cpreg_vmstate_values[{}]", i));
    if (id == values.end() || value == values.end()) return;
    for (const SystemRegister& each : system_registers)
      if (each.id == id->second.value)
        registers.push_back({std::string(each.name), "", RegisterSet::control, 64, value->second.value, 0});
  }
}

/// Registers are as wide as the program counter, whatever their fields are. SD says that FS, VS or XS is
/// dirty, and is not kept (RISC-V Privileged, 3.1.6.6).
void complete_riscv(const FieldValues& values, std::vector<Register>& registers) {
  const auto pc = values.find("env.pc");
  if (pc == values.end() || pc->second.bits == 0) return;
  for (Register& each : registers)
    if (each.set == RegisterSet::control) each.bits = pc->second.bits;
  Register* const mstatus = find(registers, "mstatus");
  if (mstatus == nullptr) return;
  const auto is_dirty = [mstatus](unsigned shift) { return (mstatus->value >> shift & 3U) == 3; };
  if (is_dirty(9) || is_dirty(13) || is_dirty(15)) mstatus->value |= std::uint64_t{1} << (mstatus->bits - 1);
}

/// CR, of which each field of 4 bits is kept by itself, the first uppermost.
void complete_ppc(const FieldValues& values, std::vector<Register>& registers) {
  Register cr{"cr", "", RegisterSet::general, 32, 0, 0};
  for (int i = 0; i < 8; ++i) {
    const auto field = values.find(fmt::format("env.crf[{}]", i));
    if (field == values.end()) return;
    cr.value = cr.value << 4U | (field->second.value & 0xfU);
  }
  registers.push_back(cr);
}

void complete_sparc(const FieldValues& values, std::vector<Register>& registers) {
  const std::uint64_t windows = value_of(values, "env.nwindows");
  const auto own = values.find("env.cwp");
  const std::uint64_t current = own == values.end() ? value_of(values, "psr") & 0x1fU : own->second.value;
  if (windows == 0 || windows > 32 || current >= windows) return;
  add_window(values, current, windows, registers);
  // QEMU counts the windows of sparc64 downwards.
  if (own != values.end())
    registers.push_back({"cwp", "", RegisterSet::control, 32, windows - 1 - current, 0});
}

/// SR, of whose flags QEMU keeps what they follow from. That is known here where each is kept by itself, and
/// after a logical operation; else there is no SR.
void complete_m68k(const FieldValues& values, std::vector<Register>& registers) {
  constexpr std::uint64_t kept = 1;
  constexpr std::uint64_t logical = 11;
  const auto flag = [&values](std::string_view path) { return value_of(values, path); };
  const auto sign = [&values](std::string_view path) { return value_of(values, path) >> 31U & 1U; };
  const std::uint64_t operation = flag("env.cc_op");
  if (operation != kept && operation != logical) return;
  std::uint64_t flags = (flag("env.cc_x") & 1U) << 4U | sign("env.cc_n") << 3U;
  if (operation == logical) {
    flags |= flag("env.cc_n") == 0 ? 4U : 0U;
  } else {
    flags |= (flag("env.cc_z") == 0 ? 4U : 0U) | sign("env.cc_v") << 1U | (flag("env.cc_c") & 1U);
  }
  registers.push_back({"sr", "", RegisterSet::general, 16, (flag("env.sr") & 0xffe0U) | flags, 0});
}

/// In PALmode, the lowest of QEMU's flags, eight registers are shadows of the others of their names.
void complete_alpha(const FieldValues& values, std::vector<Register>& registers) {
  if ((value_of(values, "env.flags") & 1U) == 0) return;
  constexpr std::array names{"t7", "s0", "s1", "s2", "s3", "s4", "s5", "t11"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (Register* const shadowed = find(registers, names[i]))
      shadowed->value = value_of(values, fmt::format("env.shadow[{}]", i));
}

}  // namespace qember::device
