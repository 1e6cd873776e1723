// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `check` finds in a stream, through the library.
#pragma once

#include "convert.hpp"

#include <vector>

namespace qember::test {

/// In either form, which the magic tells. `most`: findings that are looked for. `events` that the stream gave
/// are added.
std::vector<Error> findings(ByteView in, const Chunks& chunks = whole(), const Limits& limits = {},
                            std::size_t most = 20, std::size_t* events = nullptr);

}  // namespace qember::test
