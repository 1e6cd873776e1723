// SPDX-License-Identifier: LGPL-2.1-or-later
/// Decompressing what a compressed cluster of a qcow2 image has.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>

namespace qember::container {

// Each fills `cluster` and returns how many bytes of `data` it took; nothing where these do not make one.
// More may follow them, up to a sector's end.

/// Deflate without a header or a checksum, whose window is 4 KiB.
std::optional<std::size_t> inflate_cluster(ByteView data, MutableBytes cluster);
/// One frame of zstd.
std::optional<std::size_t> unpack_zstd_cluster(ByteView data, MutableBytes cluster);

}  // namespace qember::container
