// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hex_dump.hpp"

#include <fmt/format.h>

namespace qember::cli {

constexpr std::size_t bytes_a_line = 16;

void HexDump::add(std::uint64_t address, ByteView bytes) {
  if (line_.empty()) address_ = address;
  for (const std::uint8_t byte : bytes) {
    line_.push_back(byte);
    if (line_.size() == bytes_a_line) finish();
  }
}

void HexDump::finish() {
  if (line_.empty()) return;
  std::string hex;
  std::string text;
  for (std::size_t i = 0; i < bytes_a_line; ++i) {
    if (i < line_.size()) {
      hex += fmt::format("{:02x}", line_[i]);
      text += line_[i] >= 0x20 && line_[i] < 0x7f ? static_cast<char>(line_[i]) : '.';
    } else {
      hex += "  ";
    }
    if (i % 2 == 1) hex += ' ';
  }
  out_.write(fmt::format("{:08x}: {} {}\n", address_, hex, text));
  address_ += line_.size();
  line_.clear();
}

}  // namespace qember::cli
