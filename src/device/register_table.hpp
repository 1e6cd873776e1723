// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where the state of each architecture's CPU has its registers.
#pragma once

#include <qember/advanced/device/registers.hpp>

#include <map>

namespace qember::device {

/// Values of fields by their paths; those of the rows alone.
struct FieldBits {
  std::uint64_t value = 0;
  unsigned bits = 0;
};
using FieldValues = std::map<std::string, FieldBits, std::less<>>;

/// Registers that lie side by side.
struct RegisterRow {
  RegisterSet set = RegisterSet::general;
  /// Separated by spaces; `x10/a0` is a name with its alias. One with a `#` stands for `count`, numbered from
  /// 0. Without names: what others are made of.
  std::string_view names;
  std::string_view path;       ///< `#`: the place of the register
  std::string_view high = {};  ///< the path of the upper 64 bits of 128
  std::uint16_t count = 1;
  std::uint16_t first = 0;  ///< the place of the first of them
};

/// A field that no other architecture's CPU has, or not with that size.
struct Mark {
  std::string_view path;
  std::uint64_t size = 0;  ///< bytes of one element; 0 for any
};

struct Architecture {
  std::string_view name;
  std::span<const Mark> marks;  ///< all of which it has
  std::span<const RegisterRow> rows;
  std::span<const RegisterRow> shared{};  ///< with others of its family
  /// Whether the CPU is in that state; null for those that have but one.
  bool (*is_active)(const FieldValues& values) = nullptr;
  /// Adds registers that are no fields, and mends those that a field has only in part.
  void (*complete)(const FieldValues& values, std::vector<Register>& registers) = nullptr;
};

std::span<const Architecture> architectures() noexcept;

}  // namespace qember::device
