// SPDX-License-Identifier: LGPL-2.1-or-later
/// The notes of an ELF core. All integers are little-endian, as x86-64 is.
#pragma once

#include <qember/advanced/dump/cpu_state.hpp>

namespace qember::dump {

/// Appends integers, least significant byte first.
class LittleEndian {
 public:
  explicit LittleEndian(Bytes& to) : to_(to) {}
  template <class... Words>
  void u32(Words... words) {
    (put<4>(static_cast<std::uint64_t>(words)), ...);
  }
  template <class... Words>
  void u64(Words... words) {
    (put<8>(static_cast<std::uint64_t>(words)), ...);
  }
  void u16(std::uint16_t word) { put<2>(word); }
  void zeroes(std::size_t count) { to_.resize(to_.size() + count); }

 private:
  template <std::size_t size>
  void put(std::uint64_t word) {
    for (std::size_t i = 0; i < size; ++i) to_.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
  }
  Bytes& to_;
};

/// Appends a note: sizes, type, name and description, both padded to four bytes.
void put_note(Bytes& to, std::string_view name, std::uint32_t type, ByteView description);

/// Linux' `struct elf_prstatus` of x86-64: what debuggers take registers from. `thread` counts from 1.
Bytes prstatus(const CpuState& cpu, std::uint32_t thread);

/// What QEMU's own dumps have in notes of the name `QEMU`, version 1: control registers and descriptor
/// tables, by which crash finds where the kernel is.
Bytes qemu_cpu_state(const CpuState& cpu);

}  // namespace qember::dump
