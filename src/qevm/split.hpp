// SPDX-License-Identifier: LGPL-2.1-or-later
/// Finding sections by a description alone, for streams without footers.
#pragma once

#include <qember/core/bytes.hpp>
#include <qember/core/limits.hpp>

#include <deque>

namespace qember::qevm {

/// `tail` begins with a FULL section and is the rest of a stream. Where a description stands at its
/// end and describes exactly the sections before the end mark: the sizes of their bodies. Else none.
std::deque<std::size_t> split_by_description(ByteView tail, const Limits& limits);

}  // namespace qember::qevm
