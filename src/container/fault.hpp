// SPDX-License-Identifier: LGPL-2.1-or-later
/// Errors in what holds a stream.
#pragma once

#include <qember/advanced/core/error.hpp>

namespace qember::container {

inline Error fault(Errc code, std::uint64_t offset, std::string path, std::string expected,
                   std::string found) {
  Error error{code, offset, std::move(path), std::move(expected), std::move(found)};
  error.in_container = true;
  return error;
}

/// `offset`: where the input ends.
inline Error ends_early(std::uint64_t offset, std::string path, std::string expected) {
  return fault(Errc::truncated, offset, std::move(path), std::move(expected), "the end of the input");
}

}  // namespace qember::container
