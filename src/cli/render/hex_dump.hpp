// SPDX-License-Identifier: LGPL-2.1-or-later
/// Bytes in hexadecimal, as xxd prints them.
#pragma once

#include "../output.hpp"

#include <qember/advanced/core/bytes.hpp>

namespace qember::cli {

/// `00007c00: fa31 c08e d8...  .1..`: 16 bytes a line, from whatever address the first one has.
class HexDump {
 public:
  explicit HexDump(Lines& out) : out_(out) {}

  /// Bytes that follow those before.
  void add(std::uint64_t address, ByteView bytes);
  /// Writes what fills no line.
  void finish();

 private:
  Lines& out_;
  std::uint64_t address_ = 0;  ///< of the first byte of the line
  Bytes line_;
};

}  // namespace qember::cli
