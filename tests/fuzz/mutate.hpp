// SPDX-License-Identifier: LGPL-2.1-or-later
/// Mutations that keep enough of an input's structure to get deep into what reads it.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <random>

namespace qember::fuzz {

using Random = std::mt19937;
using Mutate = Bytes (*)(ByteView in, Random& random);

/// One to four bytes changed, removed or put in.
Bytes mutate_bytes(ByteView in, Random& random);
/// A TLV changed, removed, doubled, moved or retagged; the lengths around it are put right.
Bytes mutate_tlvs(ByteView in, Random& random);
/// An element or record of a native stream changed, removed, doubled or moved.
Bytes mutate_records(ByteView in, Random& random);
/// The one or the other, by the form of the stream.
Bytes mutate_stream(ByteView in, Random& random);

}  // namespace qember::fuzz
