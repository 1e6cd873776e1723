// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace qember {

/// The version of this library, `MAJOR.MINOR.PATCH`.
std::string_view version() noexcept;

}  // namespace qember
