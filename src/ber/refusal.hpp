// SPDX-License-Identifier: LGPL-2.1-or-later
/// The error of a value that is refused while a schema is followed through its encoding.
#pragma once

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::ber {

/// Knows how far the encoding has been read; the error says where in it that is, and gets its path on the way
/// out.
class Refusal {
 public:
  Error& error() { return error_; }

 protected:
  Refusal(ByteView in, const Schema& schema) : in_(in), fingerprint_(schema.fingerprint) {}

  // All return false.

  bool fail(Errc code, std::uint64_t at, std::string expected, std::string found) {
    error_ = Error{code, at, {}, std::move(expected), std::move(found)};
    return false;
  }

  /// The schema has something else at hand.
  bool misplaced(std::string expected, std::string found) {
    fail(Errc::bad_tag, at_, std::move(expected), std::move(found));
    error_.schema = fingerprint_;
    return false;
  }

  /// On the way out of a failure: the component that it was in.
  bool inside(std::string_view member) {
    error_.path.insert(0, fmt::format(".{}", member));
    return false;
  }

  bool inside(std::size_t index) {
    error_.path.insert(0, fmt::format("[{}]", index));
    return false;
  }

  std::string here() const { return hex_excerpt(in_.subspan(std::min<std::uint64_t>(at_, in_.size()))); }

  std::string tag_here() const { return tag_excerpt(in_.subspan(at_)); }

  bool truncated(std::uint64_t at) {
    return fail(Errc::truncated, at, at == in_.size() ? "more bytes" : "the rest of an element",
                "the end of the input");
  }

  ByteView in_;
  std::uint64_t at_ = 0;  ///< bytes of it that have been read
  Error error_;

 private:
  std::string_view fingerprint_;
};

}  // namespace qember::ber
