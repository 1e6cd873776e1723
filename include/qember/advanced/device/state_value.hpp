// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a field of device state can be.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/integer.hpp>

#include <concepts>
#include <type_traits>
#include <variant>

namespace qember::device {

/// The value of a field that has one: bytes where it is a buffer, or no number of its type.
using StateValue = std::variant<Integer, bool, ByteView>;

/// `bool`, or an integer of 8 to 64 bits.
template <class T>
concept StateNumber =
    std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// The type as a description spells it.
template <StateNumber T>
constexpr std::string_view state_type_name() {
  if constexpr (std::same_as<T, bool>) return "bool";
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? "int8" : "uint8";
    case 2: return is_signed ? "int16" : "uint16";
    case 4: return is_signed ? "int32" : "uint32";
    default: return is_signed ? "int64" : "uint64";
  }
}

}  // namespace qember::device
