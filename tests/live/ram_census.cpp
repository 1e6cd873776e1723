// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ram_census.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace qember::live {

namespace {

constexpr std::uint64_t page_size = 4096;

/// The flags in the low bits of the word that begins a record.
enum Flag : std::uint64_t {
  zero = 0x02,
  mem_size = 0x04,
  page = 0x08,
  eos = 0x10,
  same_block = 0x20,
  xbzrle = 0x40,
  multifd_flush = 0x200,
};

/// The first byte of an element.
enum Element : std::uint64_t {
  end_of_stream = 0x00,
  section_start = 0x01,
  section_part = 0x02,
  section_end = 0x03,
  section_full = 0x04,
  configuration = 0x07,
  command = 0x08,
  footer = 0x7e,
};

class Counter {
 public:
  explicit Counter(std::string_view stream) : rest_(stream), size_(stream.size()) {}

  RamCensus count() {
    if (take(8) != std::string_view("QEVM\0\0\0\3", 8)) fail("not a migration stream");
    for (;;) {
      switch (number(1)) {
        case configuration: take(number(4)); break;
        case command:
          number(2);
          take(number(2));
          break;
        case section_start: {
          const auto id = number(4);
          if (name() != "ram") fail("an iterated section other than ram");
          take(8);  // instance, version
          body(id);
          break;
        }
        case section_part:
        case section_end: body(number(4)); break;
        case section_full:
        case end_of_stream: return census_;
        default: fail("an element of unknown type");
      }
    }
  }

 private:
  /// Block number and offset: the order in which QEMU walks.
  using Place = std::pair<std::size_t, std::uint64_t>;

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("stream, before byte " + std::to_string(size_ - rest_.size()) + ": " + what);
  }

  std::string_view take(std::uint64_t n) {
    if (n > rest_.size()) fail("it ends too early");
    const auto bytes = rest_.substr(0, static_cast<std::size_t>(n));
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  std::uint64_t number(std::uint64_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

  std::string name() { return std::string(take(number(1))); }

  void body(std::uint64_t id) {
    for (;;) {
      const auto word = number(8);
      if (word == eos) break;
      if (word == multifd_flush) continue;
      const auto flags = word & (page_size - 1);
      const auto address = word & ~(page_size - 1);
      if (flags == mem_size)
        blocks(address);
      else
        record(flags, address);
    }
    if (number(1) != footer || number(4) != id) fail("no footer where one is due");
  }

  void blocks(std::uint64_t left) {
    while (left > 0) {
      blocks_.push_back(name());
      const auto size = number(8);
      if (size > left) fail("the blocks are larger than their sum");
      left -= size;
    }
  }

  void record(std::uint64_t flags, std::uint64_t address) {
    if ((flags & same_block) == 0) {
      const auto found = std::find(blocks_.begin(), blocks_.end(), name());
      if (found == blocks_.end()) fail("a page of an unknown block");
      block_ = static_cast<std::size_t>(found - blocks_.begin());
    }
    const Place place{block_, address};
    if (census_.rounds == 0 || place <= last_) ++census_.rounds;
    last_ = place;

    const bool is_zero = (flags & ~same_block) == zero;
    switch (flags & ~same_block) {
      case zero:
        take(1);
        ++census_.zero;
        break;
      case page:
        take(page_size);
        ++census_.full;
        break;
      case xbzrle:
        take(1);
        take(number(2));
        ++census_.deltas;
        break;
      default: fail("a record of unknown kind");
    }

    const auto [known, first_time] = was_zero_.try_emplace(place, is_zero);
    if (first_time) return;
    ++census_.sent_again;
    if (is_zero && !known->second) ++census_.data_to_zero;
    known->second = is_zero;
  }

  std::string_view rest_;
  std::size_t size_;
  RamCensus census_;
  std::vector<std::string> blocks_;
  std::size_t block_ = 0;
  Place last_;
  std::map<Place, bool> was_zero_;
};

}  // namespace

RamCensus count_ram(std::string_view stream) { return Counter(stream).count(); }

}  // namespace qember::live
