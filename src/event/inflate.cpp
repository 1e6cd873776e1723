// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inflate.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace qember::event {

Status inflate(ByteView compressed, MutableBytes page) {
  uLongf size = page.size();
  uLong used = compressed.size();
  // Gives up where the result would not fit.
  const int outcome = ::uncompress2(page.data(), &size, compressed.data(), &used);
  if (outcome == Z_OK && size == page.size() && used == compressed.size()) return {};
  return Error{Errc::bad_value,
               0,
               {},
               fmt::format("a zlib stream of {} bytes", page.size()),
               outcome != Z_OK ? ::zError(outcome) : fmt::format("one of {} bytes in {}", size, used)};
}

}  // namespace qember::event
