// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `extract --elf` makes of a stream.
#pragma once

#include "command.hpp"
#include "core.hpp"

namespace qember::test {

inline constexpr std::uint64_t four_gib = 0x100000000;
inline constexpr std::uint64_t memory = 0x400000;  // where it begins in the file

using Loads = std::vector<CoreLoad>;

struct Extracted {
  Ran ran;
  Loads loads;
  std::vector<CoreNote> notes;
  Bytes head;  ///< of the memory: its first 64 KiB
  bool made = false;
};

Extracted extract(const Bytes& stream, const Arguments& more = {});

/// `RAM` bytes in one piece, and in two.
Loads in_one(std::uint64_t ram);
Loads in_two(std::uint64_t ram, std::uint64_t split, std::uint64_t above = four_gib);

/// That no core is made, and what the message has.
void refused(const Extracted& extracted, const std::string& part, int code = 4);

}  // namespace qember::test
