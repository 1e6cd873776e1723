// SPDX-License-Identifier: LGPL-2.1-or-later
/// The names that edits give.
#pragma once

#include <qember/advanced/vm/edit.hpp>

namespace qember::vm {

/// `Errc::usage` for a name that no stream can have: of a machine, a block or a section it is a text of 1 to
/// 255 bytes (UTF-8, by the schema).
Status check_name(const Edit& edit);

}  // namespace qember::vm
