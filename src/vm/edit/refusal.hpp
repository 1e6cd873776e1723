// SPDX-License-Identifier: LGPL-2.1-or-later
/// What an edit that cannot be done is refused with.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <utility>

namespace qember::vm {

inline Error refuse_edit(std::string_view kind, std::string expected, std::string found) {
  return {Errc::usage, 0, std::string(kind), std::move(expected), std::move(found)};
}

}  // namespace qember::vm
