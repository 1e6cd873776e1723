// SPDX-License-Identifier: LGPL-2.1-or-later
/// What cores of each architecture have: the machine of the ELF header, and the notes of a CPU.
#pragma once

#include <qember/advanced/device/registers.hpp>

#include "elf_notes.hpp"

namespace qember::dump {

/// Registers by their names; those that the state does not have are zero.
class Values {
 public:
  explicit Values(const device::CpuRegisters& registers) : registers_(registers) {}

  std::uint64_t operator[](std::string_view name) const {
    const device::Register* const found = registers_.find(name);
    return found == nullptr ? 0 : found->value;
  }
  /// The upper 64 bits of one of 128.
  std::uint64_t high(std::string_view name) const {
    const device::Register* const found = registers_.find(name);
    return found == nullptr ? 0 : found->high;
  }
  bool has(std::string_view name) const { return registers_.find(name) != nullptr; }

 private:
  const device::CpuRegisters& registers_;
};

/// A CPU whose notes are wanted; `thread` counts from 1.
struct NotedCpu {
  Values values;
  std::uint32_t thread = 0;
};

struct CoreTarget {
  std::string_view architecture;  ///< as `device::CpuRegisters` has it
  std::uint16_t machine = 0;      ///< EM_...
  bool is_64 = true;
  bool is_big_endian = false;
  std::span<const std::string_view> needed;  ///< registers without which a CPU is not whole
  void (*put_notes)(NoteList& to, const NotedCpu& cpu) = nullptr;
  /// QEMU's own note of a CPU, which comes behind those of all CPUs; null where it has none.
  void (*put_own_note)(NoteList& to, const NotedCpu& cpu) = nullptr;
};

/// Null where cores of that architecture are not known.
const CoreTarget* find_target(std::string_view architecture) noexcept;
/// For messages.
std::string names_of_targets();

/// The byte order of a core with those CPUs: that of ppc64 is what the kernel asked for.
bool is_big_endian(const CoreTarget& target, std::span<const device::CpuRegisters> cpus);

void put_x86_64(NoteList& to, const NotedCpu& cpu);
void put_i386(NoteList& to, const NotedCpu& cpu);
void put_x86_own(NoteList& to, const NotedCpu& cpu);
void put_aarch64(NoteList& to, const NotedCpu& cpu);
void put_arm(NoteList& to, const NotedCpu& cpu);
void put_riscv64(NoteList& to, const NotedCpu& cpu);
void put_loongarch64(NoteList& to, const NotedCpu& cpu);
void put_s390x(NoteList& to, const NotedCpu& cpu);
void put_ppc64(NoteList& to, const NotedCpu& cpu);

}  // namespace qember::dump
