// SPDX-License-Identifier: LGPL-2.1-or-later
/// Decompressing what a compressed cluster of a qcow2 image has.
#pragma once

#include <qember/core/bytes.hpp>

namespace qember::container {

// Whether `data` begins with what fills `cluster`; more may follow, up to a sector's end.

/// Deflate without a header or a checksum, whose window is 4 KiB.
bool inflate_cluster(ByteView data, MutableBytes cluster);
/// One frame of zstd.
bool unpack_zstd_cluster(ByteView data, MutableBytes cluster);

}  // namespace qember::container
