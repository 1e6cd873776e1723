// SPDX-License-Identifier: LGPL-2.1-or-later
/// Decompression by others.
#pragma once

#include <qember/advanced/core/result.hpp>

#include <functional>
#include <memory>

namespace qember::io {
class ByteSource;
}  // namespace qember::io

namespace qember::container {

/// Makes a source of what a program decompresses; its input outlives it.
using Unpack = std::function<Result<std::unique_ptr<io::ByteSource>>(io::ByteSource& packed)>;

}  // namespace qember::container
