// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is said of an input that is kept in a temporary file.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <fmt/format.h>

namespace qember::io {

/// `most`: bytes that may be kept, `Limits::max_spooled`.
inline Error too_much_to_spool(std::uint64_t most) {
  Error error{Errc::limit, most, "input",
              fmt::format("max_spooled: at most {} bytes in a temporary file", most), "more"};
  error.in_container = true;
  return error;
}

}  // namespace qember::io
