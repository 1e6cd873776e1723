// SPDX-License-Identifier: LGPL-2.1-or-later
/// The header of a TLV: tag and length (X.690 8.1.2 and 8.1.3). This is the one parser of both.
#pragma once

#include <qember/advanced/ber/tag.hpp>
#include <qember/advanced/core/result.hpp>

#include <optional>

namespace qember::ber {

struct Header {
  Tag tag;
  bool constructed = false;
  /// The contents end with an end-of-contents TLV (X.690 8.1.3.6); `length` is 0.
  bool indefinite = false;
  /// Bytes of the header itself.
  std::uint8_t size = 0;
  /// Bytes of the contents.
  std::uint64_t length = 0;

  constexpr bool is_end_of_contents() const { return tag == tags::end_of_contents; }
};

enum class HeaderOutcome : std::uint8_t {
  ok,
  need_more,             ///< the bytes end inside the header
  padded_tag,            ///< X.690 8.1.2.4.2 c: the first subsequent octet may not be 80
  long_form_small_tag,   ///< X.690 8.1.2.2: numbers below 31 take one byte
  tag_too_large,         ///< beyond `max_tag_number`
  reserved_length,       ///< X.690 8.1.3.5 c: the length octet ff
  length_too_large,      ///< more than eight length octets, or 2^63 and more
  primitive_indefinite,  ///< X.690 8.1.3.2: the length octet 80 is for constructed encodings
  bad_end_of_contents,   ///< X.690 8.1.5: other than 00 00
};

/// Parses the header at the front of `in`; writes `out` only where it is `ok`.
HeaderOutcome parse_header(ByteView in, Header& out) noexcept;

/// The error for an outcome that is neither `ok` nor `need_more`. `in` begins at the header.
Error header_error(HeaderOutcome outcome, ByteView in, std::uint64_t offset, std::string path);

/// The tag at the front of `in` and the first bytes: `[APPLICATION 77] (5f 4d 01 00)`.
std::string tag_excerpt(ByteView in);

}  // namespace qember::ber
