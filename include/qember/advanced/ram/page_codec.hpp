// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fast path for the pages of any schema, made by the compiler from the schema as data:
/// `PageCodec<vmm::data::schema>`. The library's own schema has it as functions, in ram/page.hpp.
#pragma once

#include <qember/advanced/ber/lookup.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/ram/page.hpp>

#include <algorithm>
#include <array>

namespace qember::ram {

/// How a schema has pages on the wire.
struct PageTags {
  /// A page that is a SEQUENCE of address and data.
  struct DataPage {
    ber::Identifier outer;  ///< of the SEQUENCE
    ber::Identifier addr;   ///< of its address
    ber::Identifier data;   ///< of its data
    ber::SizeRange size;    ///< of its data, in bytes
  };

  ber::Identifier zero;  ///< of a page of zeros, its address
  ber::Identifier hook;  ///< of a hook, NULL
  DataPage full;         ///< of a page in full
  DataPage xbzrle;       ///< of a delta
};

namespace detail {

constexpr PageTags::DataPage data_page_tags(const ber::Schema& schema, std::string_view alternative) {
  using namespace ber::lookup;
  const ber::Type& page = type(schema, "RAMPage");
  const ber::Type& its = type(schema, page, alternative);
  return {identifier(schema, page, alternative), identifier(schema, its, "addr"),
          identifier(schema, its, "data"), member(its, "data").size};
}

constexpr PageTags page_tags(const ber::Schema& schema) {
  using namespace ber::lookup;
  const ber::Type& page = type(schema, "RAMPage");
  return {identifier(schema, page, "compr"), identifier(schema, page, "hook"),
          data_page_tags(schema, "fullpage"), data_page_tags(schema, "xbzrle")};
}

/// Walks the header bytes of one page in the common form. What it reads is within `max_page_header` bytes,
/// which are there, whatever they are: the caller looks at the end whether they belong to the input.
class PageCursor {
 public:
  explicit PageCursor(const std::uint8_t* from) : begin_(from), at_(from) {}

  std::size_t at() const { return static_cast<std::size_t>(at_ - begin_); }

  bool literal(const ber::Identifier& identifier) {
    for (std::size_t i = 0; i < identifier.size; ++i)
      if (at_[i] != identifier.bytes[i]) return false;
    at_ += identifier.size;
    return true;
  }

  /// A definite length below 2^24.
  bool length(std::size_t& out) {
    out = *at_++;
    if (out < 0x80) return true;
    const std::size_t bytes = out & 0x7fU;
    if (bytes == 0 || bytes > 3) return false;
    out = load_be<std::uint32_t>(at_) >> (32 - 8 * bytes);
    at_ += bytes;
    return true;
  }

  bool address(const ber::Identifier& identifier, std::uint64_t& out) {
    if (!literal(identifier)) return false;
    const std::size_t size = *at_++;
    out = load_be<std::uint64_t>(at_);
    // Minimal and not negative (X.690 8.3.2); beyond 63 bits an address goes the long way.
    if (size == 0 || size > sizeof out || (out >> 63U) != 0) return false;
    if (size > 1 && (out >> 55U) == 0) return false;
    out >>= 64 - 8 * size;
    at_ += size;
    return true;
  }

 private:
  const std::uint8_t* begin_;
  const std::uint8_t* at_;
};

/// Headers lie too far apart for the processor to see what comes next. The next one is fetched while this
/// page is looked at, and, for those who look at nothing but headers, the one far ahead, if pages go on at
/// this size.
inline void prefetch(ByteView pages, std::size_t size) noexcept {
  constexpr std::size_t ahead = 24;
  constexpr std::size_t line = 64;
  if (size <= line || pages.size() <= ahead * size + line) return;
  __builtin_prefetch(pages.data() + size);
  __builtin_prefetch(pages.data() + size + line);
  __builtin_prefetch(pages.data() + ahead * size);
  __builtin_prefetch(pages.data() + ahead * size + line);
}

/// `PageCodec::parse` for a page in another form than the common one.
Result<PageParse> parse_any_page(ByteView in, const ber::Schema& schema, const PageTags& tags, Bytes& scratch,
                                 std::uint64_t offset, std::string_view path);

/// How pages go by those tags. All of it is inlined, so that tags which are constants cost nothing.
class PageCoder {
 public:
  explicit constexpr PageCoder(const PageTags& tags) : tags_(tags) {}

  [[gnu::always_inline]] std::uint8_t* put(std::uint8_t* to, const PageView& page) const noexcept {
    switch (page.kind) {
      case PageKind::zero: return ber::put_integer(ber::put(to, tags_.zero), page.addr);
      case PageKind::hook: return ber::put_length(ber::put(to, tags_.hook), 0);
      case PageKind::full:
      case PageKind::xbzrle: break;
    }
    const PageTags::DataPage& its = page.kind == PageKind::full ? tags_.full : tags_.xbzrle;
    const std::size_t data = page.data.size();
    const std::size_t inside =
        its.addr.size + 1U + ber::integer_size(page.addr) + its.data.size + ber::length_size(data) + data;
    to = ber::put_length(ber::put(to, its.outer), inside);
    to = ber::put_integer(ber::put(to, its.addr), page.addr);
    return ber::put_length(ber::put(to, its.data), data);
  }

  [[gnu::always_inline]] PagesParse parse_common(ByteView in, std::span<PageView> room) const noexcept {
    PagesParse all;
    while (all.count < room.size()) {
      const ByteView rest = in.subspan(all.size);
      const std::size_t size = parse_common(rest, room[all.count]);
      if (size == 0) break;
      prefetch(rest, size);
      ++all.count;
      all.last = all.size;
      all.size += size;
    }
    return all;
  }

  /// The bytes of the page, or 0.
  [[gnu::always_inline]] std::size_t parse_common(ByteView in, PageView& page) const noexcept {
    if (in.size() >= max_page_header) return parse_header(in.data(), in, page);
    std::array<std::uint8_t, max_page_header> padded{};
    std::ranges::copy(in, padded.begin());
    return parse_header(padded.data(), in, page);
  }

 private:
  /// The same of a header that can be read at `from`.
  [[gnu::always_inline]] std::size_t parse_header(const std::uint8_t* from, ByteView in,
                                                  PageView& page) const noexcept {
    if (PageCursor cursor(from); cursor.literal(tags_.full.outer))
      return parse_data(cursor, in, PageKind::full, tags_.full, page);
    PageCursor cursor(from);
    if (std::uint64_t addr = 0; cursor.address(tags_.zero, addr)) {
      if (cursor.at() > in.size()) return 0;
      page = {PageKind::zero, addr, {}};
      return cursor.at();
    }
    if (PageCursor other(from); other.literal(tags_.xbzrle.outer))
      return parse_data(other, in, PageKind::xbzrle, tags_.xbzrle, page);
    return 0;
  }

  [[gnu::always_inline]] static std::size_t parse_data(PageCursor cursor, ByteView in, PageKind kind,
                                                       const PageTags::DataPage& its,
                                                       PageView& page) noexcept {
    std::size_t whole = 0;
    std::size_t size = 0;
    std::uint64_t addr = 0;
    if (!cursor.length(whole)) return 0;
    const std::size_t end = cursor.at() + whole;
    if (!cursor.address(its.addr, addr) || !cursor.literal(its.data) || !cursor.length(size)) return 0;
    if (end > in.size() || cursor.at() + size != end || !its.size.holds(size)) return 0;
    page = {kind, addr, in.subspan(cursor.at(), size)};
    return end;
  }

  const PageTags& tags_;
};

}  // namespace detail

/// Stateless; distinct threads may use it at once. The build checks the schema's page types against
/// src/ram/shapes.txt. `PageFormat` is the same for a schema that is known at run time alone.
template <const ber::Schema& schema>
class PageCodec {
 public:
  /// The tags of the schema's pages.
  static constexpr PageTags tags = detail::page_tags(schema);

  /// See `put_page`.
  static std::uint8_t* put(std::uint8_t* to, const PageView& page) noexcept {
    return detail::PageCoder(tags).put(to, page);
  }

  /// See `parse_common_pages`.
  static PagesParse parse_common(ByteView in, std::span<PageView> room) noexcept {
    return detail::PageCoder(tags).parse_common(in, room);
  }

  /// See `parse_page`.
  static Result<PageParse> parse(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path) {
    PageParse parse;
    parse.size = detail::PageCoder(tags).parse_common(in, parse.page);
    if (parse.size != 0) return parse;
    return detail::parse_any_page(in, schema, tags, scratch, offset, path);
  }
};

}  // namespace qember::ram
