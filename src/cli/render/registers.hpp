// SPDX-License-Identifier: LGPL-2.1-or-later
/// Registers as texts, for people and in JSON.
#pragma once

#include "style.hpp"

#include <qember/advanced/vm/cpus.hpp>

namespace qember::cli {

/// A line of its own, then as many registers a line as fit. Sets of floating-point or vector registers that
/// are all zero are one line.
std::string registers_text(const vm::Cpu& cpu, const Style& style);

/// The first line of JSON.
std::string registers_json_head();
/// `{"record":"cpu","instance":0,"architecture":"x86_64","registers":{"rax":"0x0000000000000000"}}`
std::string registers_json(const vm::Cpu& cpu);

}  // namespace qember::cli
