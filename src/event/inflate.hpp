// SPDX-License-Identifier: LGPL-2.1-or-later
/// Pages that QEMU's compressing threads sent.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

namespace qember::event {

/// Fills `page` from a zlib stream that holds exactly that. `Errc::bad_value`, without a place, where it does
/// not; `page` is of no use then.
Status inflate(ByteView compressed, MutableBytes page);

}  // namespace qember::event
