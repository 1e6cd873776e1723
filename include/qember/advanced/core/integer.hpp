// SPDX-License-Identifier: LGPL-2.1-or-later
/// An integer from -2^63 to 2^64-1: all that a device's field can hold.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace qember {

/// A value of 64 bits and a sign.
class Integer {
 public:
  constexpr Integer() = default;
  /// That number.
  constexpr Integer(std::uint64_t value) : bits_(value) {}
  /// That number, which may be negative.
  static constexpr Integer from_signed(std::int64_t value) {
    Integer integer(static_cast<std::uint64_t>(value));
    integer.negative_ = value < 0;
    return integer;
  }

  /// Whether it is below 0.
  constexpr bool negative() const { return negative_; }
  /// The low 64 bits, two's complement.
  constexpr std::uint64_t bits() const { return bits_; }

  /// The number where it is not negative.
  constexpr std::optional<std::uint64_t> as_unsigned() const {
    return negative_ ? std::nullopt : std::optional(bits_);
  }
  /// The number where it is below 2^63.
  constexpr std::optional<std::int64_t> as_signed() const {
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!negative_ && bits_ > max) return std::nullopt;
    return static_cast<std::int64_t>(bits_);
  }
  /// Whether both are the same number.
  friend constexpr bool operator==(const Integer&, const Integer&) = default;

 private:
  std::uint64_t bits_ = 0;
  bool negative_ = false;
};

/// Decimal.
inline std::string to_string(Integer value) {
  return value.negative() ? std::to_string(static_cast<std::int64_t>(value.bits()))
                          : std::to_string(value.bits());
}

}  // namespace qember
