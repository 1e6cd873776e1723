// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is left to ask of the first bytes of a file that ends within them.
#pragma once

#include <qember/advanced/core/bytes.hpp>

namespace qember::container {

/// Whether the magic of something that can be opened begins with all of `head`.
bool may_begin_magic(ByteView head);

}  // namespace qember::container
