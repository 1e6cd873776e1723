// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a fuzz target is. Each is one file that defines `fuzz` and `structure`; driver.cpp makes of it a
/// libFuzzer target, or a program that replays a corpus and some mutants of it.
#pragma once

#include "mutate.hpp"

#include <string_view>

namespace qember::fuzz {

/// Does with `in` what the target is about. Whatever it finds wrong ends the process.
void fuzz(ByteView in);

/// Mutates with regard to what the target reads; null where bytes are all there is to it.
extern const Mutate structure;

/// Ends the process with a message where something does not hold.
void require(bool holds, std::string_view what);

}  // namespace qember::fuzz
