// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fast path for the pages of a schema that is known at run time.
#pragma once

#include <qember/advanced/ram/page_codec.hpp>

namespace qember::ram {

/// As cheap for the library's own schema, and all that have its tags for pages, as the functions in
/// ram/page.hpp. Threads may share one.
class PageFormat {
 public:
  /// Of the library's own schema.
  PageFormat() noexcept;
  /// `schema` outlives this; its page types have the shapes in src/ram/shapes.txt, see
  /// `qber::WireFormat::of`.
  explicit PageFormat(const ber::Schema& schema);

  /// See `put_page`.
  std::uint8_t* put(std::uint8_t* to, const PageView& page) const noexcept;
  /// See `parse_common_pages`.
  PagesParse parse_common(ByteView in, std::span<PageView> room) const noexcept;
  /// See `parse_page`.
  Result<PageParse> parse(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path) const;

 private:
  const ber::Schema* schema_;
  PageTags tags_;
  bool is_own_;  ///< the tags are the library's own
};

}  // namespace qember::ram
