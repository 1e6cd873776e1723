// SPDX-License-Identifier: LGPL-2.1-or-later
/// What has addresses.
#pragma once

#include <qember/advanced/vm/layout.hpp>

namespace qember::vm {

/// Whether that many bytes have addresses from there on.
constexpr bool is_addressable(std::uint64_t address, std::uint64_t size) {
  return address <= most_address && size <= most_address - address;
}

}  // namespace qember::vm
