// SPDX-License-Identifier: LGPL-2.1-or-later
/// A text that is held whole.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

namespace qember::vm {

/// All of a text, of at most `most` bytes, `Limits::max_description`; `what` it is, for the error's path.
Result<Bytes> read_whole_text(io::ByteSource& source, std::size_t most, std::string_view what);

}  // namespace qember::vm
