// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core_target.hpp"

#include <fmt/ranges.h>

#include <elf.h>

#include <algorithm>
#include <array>

namespace qember::dump {
namespace {

using Names = std::string_view;

constexpr std::array x86_64_needed{Names("rax"), Names("rsp"), Names("rip"), Names("rflags"),
                                   Names("r15"), Names("cs"),  Names("ss"),  Names("ds"),
                                   Names("es"),  Names("fs"),  Names("gs")};
constexpr std::array i386_needed{Names("eax"), Names("esp"), Names("eip"), Names("eflags"), Names("cs")};
constexpr std::array aarch64_needed{Names("x0"), Names("x30"), Names("sp"), Names("pc"), Names("pstate")};
constexpr std::array arm_needed{Names("r0"), Names("r15"), Names("cpsr")};
constexpr std::array riscv64_needed{Names("x1"), Names("x31"), Names("pc")};
constexpr std::array loongarch64_needed{Names("r1"), Names("r31"), Names("pc")};
constexpr std::array s390x_needed{Names("pswm"), Names("pswa"), Names("r0"), Names("r15"), Names("prefix")};
constexpr std::array ppc64_needed{Names("r0"), Names("r31"), Names("nip"), Names("msr"), Names("lpcr")};

// The numbers of machines are those of the System V ABI's list; older <elf.h> lack the last.
constexpr std::uint16_t loongarch_machine = 258;
constexpr std::array targets{
    CoreTarget{"x86_64", EM_X86_64, true, false, x86_64_needed, put_x86_64, put_x86_own},
    CoreTarget{"i386", EM_386, false, false, i386_needed, put_i386, put_x86_own},
    CoreTarget{"aarch64", EM_AARCH64, true, false, aarch64_needed, put_aarch64},
    CoreTarget{"arm", EM_ARM, false, false, arm_needed, put_arm},
    CoreTarget{"riscv64", EM_RISCV, true, false, riscv64_needed, put_riscv64},
    CoreTarget{"s390x", EM_S390, true, true, s390x_needed, put_s390x},
    CoreTarget{"ppc64", EM_PPC64, true, true, ppc64_needed, put_ppc64},
    CoreTarget{"loongarch64", loongarch_machine, true, false, loongarch64_needed, put_loongarch64},
};

}  // namespace

const CoreTarget* find_target(std::string_view architecture) noexcept {
  const auto found = std::ranges::find(targets, architecture, &CoreTarget::architecture);
  return found == targets.end() ? nullptr : &*found;
}

std::string names_of_targets() {
  std::string names;
  for (const CoreTarget& target : targets)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", target.architecture);
  return names;
}

bool is_big_endian(const CoreTarget& target, std::span<const device::CpuRegisters> cpus) {
  // The bit ILE of LPCR (Power ISA, Book III, 2.2) says how interrupts are taken.
  constexpr std::uint64_t interrupts_little_endian = std::uint64_t{1} << 25U;
  if (target.machine != EM_PPC64 || cpus.empty()) return target.is_big_endian;
  return (Values(cpus.front())["lpcr"] & interrupts_little_endian) == 0;
}

}  // namespace qember::dump
