// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/error.hpp>

#include <fmt/format.h>

namespace qember {

std::string_view name_of(Errc code) noexcept {
  switch (code) {
    case Errc::need_more: return "need_more";
    case Errc::truncated: return "truncated";
    case Errc::bad_tag: return "bad_tag";
    case Errc::bad_length: return "bad_length";
    case Errc::bad_value: return "bad_value";
    case Errc::constraint: return "constraint";
    case Errc::limit: return "limit";
    case Errc::wrong_order: return "wrong_order";
    case Errc::missing_end_mark: return "missing_end_mark";
    case Errc::trailing_data: return "trailing_data";
    case Errc::unknown_section: return "unknown_section";
    case Errc::unknown_block: return "unknown_block";
    case Errc::page_outside_block: return "page_outside_block";
    case Errc::page_unaligned: return "page_unaligned";
    case Errc::bad_delta: return "bad_delta";
    case Errc::page_size_unknown: return "page_size_unknown";
    case Errc::description_mismatch: return "description_mismatch";
    case Errc::bad_annotation: return "bad_annotation";
    case Errc::unknown_magic: return "unknown_magic";
    case Errc::wrong_direction: return "wrong_direction";
    case Errc::unsupported: return "unsupported";
    case Errc::usage: return "usage";
    case Errc::io: return "io";
    case Errc::cancelled: return "cancelled";
    case Errc::internal: return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view prefix) && {
  path.insert(0, prefix);
  return std::move(*this);
}

std::string to_string(const Error& error) {
  // What the system said, and what is no fault of the stream.
  if (error.code == Errc::io || error.expected.empty()) return fmt::format("{}: {}", error.path, error.found);
  // What was asked for has no place in the stream.
  const std::string place =
      error.code == Errc::usage && error.offset == 0 ? "" : fmt::format("{}: ", error.offset);
  return fmt::format("{}{}: expected {}, found {}{}", place, error.path, error.expected, error.found,
                     error.schema.empty() ? "" : fmt::format(" (schema {})", error.schema));
}

}  // namespace qember
