// SPDX-License-Identifier: LGPL-2.1-or-later
/// A real stream made small.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::test {

/// The same stream with no pages but those whose address is in [begin, end): every kind of element stays,
/// and deltas keep their bases. Empty where the stream can't be read.
Bytes cut_pages(ByteView native, std::uint64_t begin, std::uint64_t end);

}  // namespace qember::test
