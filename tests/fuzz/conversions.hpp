// SPDX-License-Identifier: LGPL-2.1-or-later
/// What must hold of whole streams.
#pragma once

#include "fuzz.hpp"

#include "support/convert.hpp"

#include <string>
#include <vector>

namespace qember::fuzz {

/// Small enough that what is over a limit is seen, too.
Limits small_limits();

/// Chunks that the input itself decides.
test::Chunks chunks_for(ByteView in);

/// Converts whole and in chunks, and requires the same of both.
test::Converted encode(ByteView native, const test::EncodeForm& form = {false, false, small_limits()});
test::Converted decode(ByteView ber);

/// `encode` refuses, or `decode` gives the stream back; what `check` finds sound `encode` takes, or it names
/// the limit; and both forms are found as sound as each other.
void comes_back(ByteView native, const test::EncodeForm& form);

/// What `check` finds, as code, offset and path; the same for any chunking.
std::vector<std::string> check(ByteView in);

}  // namespace qember::fuzz
