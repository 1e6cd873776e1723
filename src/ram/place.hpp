// SPDX-License-Identifier: LGPL-2.1-or-later
/// Pages into a guest's memory.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::ram {

/// Copies a page to `to`, which has as many bytes; the two do not overlap. A guest's memory is larger than
/// the processor's caches and is not looked at soon, so that where the processor can, the bytes go past them.
/// This thread sees them at once, others after `placed`.
void place(ByteView page, std::uint8_t* to) noexcept;

/// Whoever sees what this thread does next sees all that it has placed.
void placed() noexcept;

}  // namespace qember::ram
