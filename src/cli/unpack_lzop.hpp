// SPDX-License-Identifier: LGPL-2.1-or-later
/// lzop's format, whose only library is under the GPL, by the program where it is installed.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

#include <memory>

namespace qember::cli {

/// What `lzop -dc` makes of `packed`, which outlives it. `Errc::unsupported` where there is no such program.
Result<std::unique_ptr<io::ByteSource>> unpack_lzop(io::ByteSource& packed);

}  // namespace qember::cli
