// SPDX-License-Identifier: LGPL-2.1-or-later
/// Files without a name, in TMPDIR or /var/tmp, for what does not fit in memory.
#pragma once

#include <qember/io/files.hpp>

#include <qember/core/bytes.hpp>

namespace qember::io {

/// A file that nobody else sees, which is gone with its descriptor.
Result<Descriptor> open_temporary();
/// Reads or writes all of it. The file is never shorter than what is read.
Status read_temporary(const Descriptor& file, std::uint64_t at, MutableBytes to);
Status write_temporary(const Descriptor& file, std::uint64_t at, ByteView bytes);

}  // namespace qember::io
