// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the process does with memory that it has freed.
#pragma once

namespace qember::cli {

/// From now on large buffers go back to the system when they are freed; glibc would keep as much as the
/// largest had.
void return_freed_memory();

}  // namespace qember::cli
