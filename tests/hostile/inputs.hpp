// SPDX-License-Identifier: LGPL-2.1-or-later
/// Inputs made to hurt.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string>
#include <vector>

namespace qember::test {

struct HostileInput {
  std::string name;
  Bytes (*make)();
  /// The code of what `check` finds first with `Limits::untrusted`; empty where there is nothing wrong.
  std::string code;
  bool byte_by_byte = false;  ///< fed in chunks of one byte
  /// Bytes that may be allocated beyond what any input costs and twice its own size.
  std::size_t memory = std::size_t{1} << 20U;
};

const std::vector<HostileInput>& hostile_inputs();

}  // namespace qember::test
