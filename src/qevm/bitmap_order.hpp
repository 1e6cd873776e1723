// SPDX-License-Identifier: LGPL-2.1-or-later
/// The order of bytes in the bitmaps of a mapped-ram file, which are arrays of the host's words of 64 bits.
#pragma once

#include <qember/advanced/event/event.hpp>
#include <qember/advanced/io/byte_source.hpp>

namespace qember::qevm {

/// Whether the words are big-endian, which nothing in the file says. Bits behind a block's last page are
/// clear, and pages that are there are hardly ever zeros; where neither tells, the machine does, since s390x
/// is the big-endian host of today. `stream` is seekable, and the blocks lie in it.
Result<bool> are_bitmaps_big_endian(io::ByteSource& stream, std::span<const event::RamBlock> blocks,
                                    std::string_view machine);

}  // namespace qember::qevm
