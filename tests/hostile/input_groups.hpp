// SPDX-License-Identifier: LGPL-2.1-or-later
/// Inputs made to hurt, by where they do, and what they are made with.
#pragma once

#include "inputs.hpp"

#include "support/byte_strings.hpp"
#include "support/hex.hpp"
#include "support/native_builder.hpp"

#include <initializer_list>

namespace qember::test {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

using Inputs = std::vector<HostileInput>;

Inputs ber_inputs();
Inputs native_inputs();
/// Native streams whose descriptions are what hurts.
Inputs description_inputs();

inline Inputs joined(std::initializer_list<Inputs> groups) {
  Inputs all;
  for (const Inputs& group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

inline Bytes hex(std::string_view text) { return from_hex(text); }
inline NativeBuilder ram_of(std::uint64_t length) { return NativeBuilder().ram(1, {"r"}, length); }

}  // namespace qember::test
