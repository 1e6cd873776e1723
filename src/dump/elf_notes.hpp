// SPDX-License-Identifier: LGPL-2.1-or-later
/// The notes of an ELF core, in the byte order of their machine.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string_view>

namespace qember::dump {

/// Appends integers.
class Words {
 public:
  Words(Bytes& to, bool is_big_endian) : to_(to), is_big_endian_(is_big_endian) {}
  template <class... Values>
  void u16(Values... values) {
    (put<2>(static_cast<std::uint64_t>(values)), ...);
  }
  template <class... Values>
  void u32(Values... values) {
    (put<4>(static_cast<std::uint64_t>(values)), ...);
  }
  template <class... Values>
  void u64(Values... values) {
    (put<8>(static_cast<std::uint64_t>(values)), ...);
  }
  void zeroes(std::size_t count) { to_.resize(to_.size() + count); }

 private:
  template <std::size_t size>
  void put(std::uint64_t word) {
    for (std::size_t i = 0; i < size; ++i)
      to_.push_back(static_cast<std::uint8_t>(word >> (8 * (is_big_endian_ ? size - 1 - i : i))));
  }
  Bytes& to_;
  bool is_big_endian_;
};

/// Notes one behind the other.
class NoteList {
 public:
  explicit NoteList(bool is_big_endian) : is_big_endian_(is_big_endian) {}

  /// Appends a note: sizes, type, name and description, both padded to four bytes.
  void add(std::string_view name, std::uint32_t type, ByteView description);
  Words words(Bytes& to) const { return {to, is_big_endian_}; }
  /// Linux' `struct elf_prstatus` up to the registers, of a machine of 64 or 32 bits.
  Bytes status_of(std::uint32_t thread, bool is_64 = true) const;

  const Bytes& bytes() const noexcept { return bytes_; }

 private:
  Bytes bytes_;
  bool is_big_endian_;
};

}  // namespace qember::dump
