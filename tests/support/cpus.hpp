// SPDX-License-Identifier: LGPL-2.1-or-later
/// x86 CPUs each of whose registers has a value of its own, and their description.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string>

namespace qember::test {

/// What a register holds: its number in a byte, between others.
std::uint64_t value_of(std::uint64_t number, std::uint64_t cpu = 0);
enum Number : std::uint64_t { regs = 0, eip = 16, eflags, segs, tables = 24, cr = 28, kernel_gs = 33 };

/// Of registers of `width` bytes.
std::string cpu_description(int width = 8, int cpus = 1);
Bytes cpu_state(int width = 8, std::uint64_t cpu = 0);

/// A stream with two pages of RAM and `count` CPUs.
Bytes with_cpus(int width, int count, const std::string& description);

}  // namespace qember::test
