// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fast path: `RAMPage` in BER, without a copy. Tags come from the compiled schema.
#pragma once

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/core/limits.hpp>

namespace qember::ram {

/// The alternatives of `RAMPage`.
enum class PageKind : std::uint8_t { zero, full, xbzrle, hook };

/// One `RAMPage`. `data` is a view into the bytes that were parsed, valid as long as they are.
struct PageView {
  PageKind kind = PageKind::hook;  ///< which alternative it is
  std::uint64_t addr = 0;          ///< byte offset in the RAM block
  ByteView data{};                 ///< of `full` the page, of `xbzrle` the delta, else empty
};

/// Bytes that `put_page` writes at most, whatever the schema's tags: these take six at most.
inline constexpr std::size_t max_page_header = 48;

/// Writes all of a page but `page.data`, which follows on the wire. Returns the end of what it wrote.
std::uint8_t* put_page(std::uint8_t* to, const PageView& page) noexcept;

/// What stands at the front of a `pagelist`.
struct PageParse {
  PageView page;         ///< what it is; a view of the input, or of `scratch`
  std::size_t size = 0;  ///< bytes of the TLV
};

/// What `parse_common_pages` has parsed.
struct PagesParse {
  std::size_t count = 0;  ///< how many pages
  std::size_t size = 0;   ///< bytes of all of them
  std::size_t last = 0;   ///< where the last one begins
};

/// Parses the `RAMPage`s at the front of `in` that are in the form in which pages are nearly always written:
/// definite lengths, one string. As many as `room` takes; none where `parse_page` is to be asked, for other
/// forms, for bytes that do not go on, and for errors. Looks at headers alone, not at data.
PagesParse parse_common_pages(ByteView in, std::span<PageView> room) noexcept;

/// Parses the one at the front in any form; its TLV is complete and every tag, length and size in it is
/// checked. The error is `Errc::truncated` where `in` ends inside the TLV; it has the offset and path of the
/// innermost TLV that can't be accepted, beginning with `offset` and `path`. `scratch` takes the data
/// of a string that came in segments (X.690 8.7.3), and `out.page.data` is then a view of it.
Result<PageParse> parse_page(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path);

}  // namespace qember::ram
