// SPDX-License-Identifier: LGPL-2.1-or-later
/// A text that is held whole.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

namespace qember::vm {

/// A member of `Limits`, and its name.
struct NamedLimit {
  std::string_view name;
  std::size_t most = 0;
};

/// All of a text, of so many bytes at most; `what` it is, for the error's path.
Result<Bytes> read_whole_text(io::ByteSource& source, NamedLimit limit, std::string_view what);

}  // namespace qember::vm
