// SPDX-License-Identifier: LGPL-2.1-or-later
#include "whole_text.hpp"

#include <fmt/format.h>

namespace qember::vm {

Result<Bytes> read_whole_text(io::ByteSource& source, NamedLimit limit, std::string_view what) {
  constexpr std::size_t piece = std::size_t{64} << 10U;
  Bytes text;
  for (;;) {
    const std::size_t had = text.size();
    text.resize(had + piece);
    const auto count = source.read_some(had, MutableBytes(text).subspan(had));
    if (!count) return count.error();
    text.resize(had + *count);
    if (*count == 0) return text;
    if (text.size() > limit.most)
      return Error{Errc::limit, 0, std::string(what),
                   fmt::format("{}: a {} of at most {} bytes", limit.name, what, limit.most), "more"};
  }
}

}  // namespace qember::vm
