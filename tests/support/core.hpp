// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core, read by its specification alone.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace qember::test {

struct CoreLoad {
  std::uint64_t offset, virtual_address, address, size;
  friend bool operator==(const CoreLoad&, const CoreLoad&) = default;
};

struct CoreNote {
  std::string owner;
  std::uint64_t type;
  Bytes description;

  /// A little-endian integer of `size` bytes in the description.
  std::uint64_t at(std::size_t offset, std::size_t size = 8) const {
    std::uint64_t value = 0;
    while (size-- > 0) value = value << 8U | description.at(offset + size);
    return value;
  }
};

struct Core {
  std::vector<CoreLoad> loads;
  std::vector<CoreNote> notes;
  Bytes file;

  /// Throws where the headers are not those of a core of x86-64.
  explicit Core(Bytes bytes) : file(std::move(bytes)) {
    const Bytes ident{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    need(file.size() > 64 && std::equal(ident.begin(), ident.end(), file.begin()), "e_ident");
    need(word(16, 2) == 4, "ET_CORE");
    need(word(18, 2) == 62, "EM_X86_64");
    need(word(20, 4) == 1, "EV_CURRENT");
    need(word(24, 8) == 0 && word(32, 8) == 64 && word(40, 8) == 0 && word(48, 4) == 0, "offsets");
    need(word(52, 2) == 64 && word(54, 2) == 56, "sizes of headers");
    need(word(58, 2) == 0 && word(60, 2) == 0 && word(62, 2) == 0, "no sections");
    const std::uint64_t count = word(56, 2);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::size_t at = 64 + 56 * i;
      need(word(at + 32, 8) == word(at + 40, 8), "as much in memory as in the file");
      if (i == 0) {
        need(word(at, 4) == 4 && word(at + 4, 4) == 0 && word(at + 16, 8) == 0 && word(at + 24, 8) == 0,
             "PT_NOTE");
        read_notes(word(at + 8, 8), word(at + 8, 8) + word(at + 32, 8));
        continue;
      }
      need(word(at, 4) == 1 && word(at + 4, 4) == 7, "PT_LOAD of all rights");
      loads.push_back({word(at + 8, 8), word(at + 16, 8), word(at + 24, 8), word(at + 32, 8)});
    }
  }

 private:
  static void need(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  }
  std::uint64_t word(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    while (size-- > 0) value = value << 8U | file.at(at + size);
    return value;
  }
  void read_notes(std::size_t at, std::size_t end) {
    const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
    while (at < end) {
      const std::size_t owner = word(at, 4), size = word(at + 4, 4), type = word(at + 8, 4);
      const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at + 12);
      const auto description = begin + static_cast<std::ptrdiff_t>(padded(owner));
      need(owner > 0 && begin[static_cast<std::ptrdiff_t>(owner) - 1] == 0, "an owner that ends");
      notes.push_back({std::string(begin, begin + static_cast<std::ptrdiff_t>(owner) - 1), type,
                       Bytes(description, description + static_cast<std::ptrdiff_t>(size))});
      at += 12 + padded(owner) + padded(size);
    }
    need(at == end, "notes that end with their segment");
  }
};

}  // namespace qember::test
