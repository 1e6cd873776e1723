// SPDX-License-Identifier: LGPL-2.1-or-later
/// Finding sections by a description alone, for streams without footers.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/limits.hpp>

#include <deque>

namespace qember::qevm {

/// What stands before the text of a description: the end mark, the type of the element, and a be32 length.
inline constexpr std::size_t description_header = 6;

/// Where the end mark and a description that end `tail` begin, from the back and before `end`; the size of
/// `tail` where there are none. Whether the text can be read is not looked at.
std::size_t find_description(ByteView tail, std::size_t end);

/// `tail` begins with a FULL section and is the rest of a stream. Where a description stands at its
/// end and describes exactly the sections before the end mark: the sizes of their bodies. Else none.
std::deque<std::size_t> split_by_description(ByteView tail, const Limits& limits);

}  // namespace qember::qevm
