// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the schema has no place for: that it comes back, and what carries it in BER.
#pragma once

#include "native_builder.hpp"

namespace qember::test {

/// There and back in every form, for any chunking.
void comes_back(const Bytes& native);
void comes_back(const NativeBuilder& native);

void is_refused(const NativeBuilder& native, std::string_view code);

/// In BER these are the notes that the mapping names for it: the sections named `qember`, by their instance;
/// of 0 the keys, too: `1 0(1,6) 3`.
void is_carried_by(const NativeBuilder& native, std::string_view notes);

/// The head of a stream of pages of 4096 bytes.
NativeBuilder head();
NativeBuilder ram(const std::vector<std::string>& blocks = {"pc.ram"});

inline const Bytes three{1, 2, 3};

}  // namespace qember::test
