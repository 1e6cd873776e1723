// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/version.hpp>

namespace qember {

std::string_view version() noexcept { return QEMBER_VERSION; }

}  // namespace qember
