// SPDX-License-Identifier: LGPL-2.1-or-later
/// The two forms of a stream.
#pragma once

#include <cstdint>

namespace qember::vm {

/// QEMU's own form, or BER.
enum class Format : std::uint8_t {
  native,  ///< QEMU's own
  ber,
};

}  // namespace qember::vm
