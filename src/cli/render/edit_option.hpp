// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/vm/edit.hpp>

#include <string>

namespace qember::cli {

/// The option of `edit` that makes it, as a shell takes it; what is in it may need `printable_line`.
std::string option_of(const vm::Edit& edit);

}  // namespace qember::cli
