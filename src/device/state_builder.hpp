// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the two that make bytes of values have in common: by a description, and by a layout.
#pragma once

#include <qember/advanced/device/state.hpp>

#include <fmt/format.h>

namespace qember::device {

class StateBuilder {
 protected:
  using Kind = StateSource::Kind;

  StateBuilder(StateSource& source, Bytes& out) : source_(source), out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(value); }
  void append(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void integer(std::uint64_t bits, std::uint64_t size) {
    while (size-- > 0) byte(static_cast<std::uint8_t>(bits >> (8 * size)));
  }
  void subsection_header(const Structure& structure) {
    byte(0x05);
    byte(static_cast<std::uint8_t>(structure.name.size()));
    append(as_bytes(structure.name));
    integer(structure.version, 4);
  }

  Status expect(std::string_view where, Kind wanted) {
    if (source_.peek() != wanted) return wrong(where, wanted);
    return {};
  }
  Error wrong(std::string_view where, Kind wanted) {
    return source_.refuse_next(fmt::format("{} for {:?}", name_of(wanted), where),
                               std::string(name_of(source_.peek())));
  }
  Status at_end(std::string_view where) {
    if (source_.peek() == Kind::end) return {};
    return source_.refuse_next(fmt::format("the end of {:?}", where), std::string(name_of(source_.peek())));
  }

  Result<Integer> fitting(std::uint64_t size, bool is_signed, std::string_view name) {
    const Integer value = source_.integer();
    if (fits(value, 8 * static_cast<unsigned>(size), is_signed)) return value;
    return source_.refuse_last(fmt::format("{} bits for {:?}", 8 * size, name), to_string(value));
  }

  StateSource& source_;
  Bytes& out_;

 private:
  static std::string_view name_of(Kind kind) {
    switch (kind) {
      case Kind::integer: return "an INTEGER";
      case Kind::boolean: return "a BOOLEAN";
      case Kind::blob: return "an OCTET STRING";
      case Kind::array: return "an array";
      case Kind::subsections: return "subsections";
      case Kind::end: return "no more";
      case Kind::other: return "a value of another kind";
    }
    return {};
  }

  static bool fits(Integer value, unsigned bits, bool is_signed) {
    if (!is_signed) return !value.negative() && (bits == 64 || (value.bits() >> bits) == 0);
    const auto number = value.as_signed();
    return number && (*number >> (bits - 1)) == (*number < 0 ? -1 : 0);
  }
};

}  // namespace qember::device
