// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whole pages at a glance.
#pragma once

#include <qember/core/bytes.hpp>

namespace qember::ram {

/// Whether all bytes are 0.
bool is_zero(ByteView bytes) noexcept;

/// Whether both are the same bytes, and as many.
bool equal(ByteView one, ByteView other) noexcept;

}  // namespace qember::ram
