// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fast path for the pages of any schema, made by the compiler from the schema as data:
/// `PageCodec<vmm::data::schema>`. The library's own schema has it as functions, in ram/page.hpp.
#pragma once

#include <qember/ber/lookup.hpp>
#include <qember/ber/writer.hpp>
#include <qember/ram/page.hpp>

namespace qember::ram {

/// How a schema has pages on the wire.
struct PageTags {
  /// Of a page that is a SEQUENCE of address and data.
  struct DataPage {
    ber::Identifier outer;
    ber::Identifier addr;
    ber::Identifier data;
    ber::SizeRange size;
  };

  ber::Identifier zero;
  ber::Identifier hook;
  DataPage full;
  DataPage xbzrle;
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

/// Walks the header octets of one page in the common form.
class PageCursor {
 public:
  explicit PageCursor(ByteView in) : in_(in) {}

  std::size_t at() const { return at_; }

  bool literal(const ber::Identifier& identifier) {
    if (in_.size() - at_ < identifier.size) return false;
    for (std::size_t i = 0; i < identifier.size; ++i)
      if (in_[at_ + i] != identifier.octets[i]) return false;
    at_ += identifier.size;
    return true;
  }

  /// A definite length below 2^24 that does not leave the input.
  bool length(std::size_t& out) {
    if (at_ == in_.size()) return false;
    out = in_[at_++];
    if (out >= 0x80) {
      const std::size_t octets = out & 0x7fU;
      if (octets == 0 || octets > 3 || in_.size() - at_ < octets) return false;
      out = 0;
      for (std::size_t i = 0; i < octets; ++i) out = (out << 8U) | in_[at_++];
    }
    return out <= in_.size() - at_;
  }

  bool address(const ber::Identifier& identifier, std::uint64_t& out) {
    std::size_t size = 0;
    if (!literal(identifier) || !length(size)) return false;
    // Minimal and not negative (X.690 8.3.2); beyond 63 bits an address goes the long way.
    if (size == 0 || size > sizeof out || in_[at_] >= 0x80) return false;
    if (size > 1 && in_[at_] == 0 && in_[at_ + 1] < 0x80) return false;
    out = 0;
    for (const std::uint8_t octet : in_.subspan(at_, size)) out = (out << 8U) | octet;
    at_ += size;
    return true;
  }

  ByteView take(std::size_t size) {
    const ByteView taken = in_.subspan(at_, size);
    at_ += size;
    return taken;
  }

 private:
  ByteView in_;
  std::size_t at_ = 0;
};

/// Headers lie too far apart for the processor to see what comes next. The next one is fetched while this
/// page is looked at, and, for those who look at nothing but headers, the one far ahead, if pages go on at
/// this size.
inline void prefetch(ByteView pages, std::size_t size) noexcept {
  constexpr std::size_t ahead = 24;
  constexpr std::size_t line = 64;
  if (pages.size() <= ahead * size + line) return;
  __builtin_prefetch(pages.data() + size);
  __builtin_prefetch(pages.data() + size + line);
  __builtin_prefetch(pages.data() + ahead * size);
  __builtin_prefetch(pages.data() + ahead * size + line);
}

/// `PageCodec::parse` for a page in another form than the common one.
Result<PageParse> parse_any_page(ByteView in, const ber::Schema& schema, const PageTags& tags, Bytes& scratch,
                                 std::uint64_t offset, std::string_view path);

}  // namespace detail

/// Stateless; threads have nothing to do with each other. The build checks the schema's page types against
/// src/ram/shapes.txt.
template <const ber::Schema& schema>
class PageCodec {
 public:
  static constexpr PageTags tags = detail::page_tags(schema);

  /// See `put_page`.
  static std::uint8_t* put(std::uint8_t* to, const PageView& page) noexcept {
    switch (page.kind) {
      case PageKind::zero: return ber::put_integer(ber::put(to, tags.zero), page.addr);
      case PageKind::hook: return ber::put_length(ber::put(to, tags.hook), 0);
      case PageKind::full:
      case PageKind::xbzrle: break;
    }
    const PageTags::DataPage& its = page.kind == PageKind::full ? tags.full : tags.xbzrle;
    const std::size_t data = page.data.size();
    const std::size_t inside =
        its.addr.size + 1U + ber::integer_size(page.addr) + its.data.size + ber::length_size(data) + data;
    to = ber::put_length(ber::put(to, its.outer), inside);
    to = ber::put_integer(ber::put(to, its.addr), page.addr);
    return ber::put_length(ber::put(to, its.data), data);
  }

  /// See `parse_common_pages`.
  static PagesParse parse_common(ByteView in, std::span<PageView> room) noexcept {
    PagesParse all;
    while (all.count < room.size()) {
      const ByteView rest = in.subspan(all.size);
      const std::size_t size = parse_common(rest, room[all.count]);
      if (size == 0) break;
      detail::prefetch(rest, size);
      ++all.count;
      all.last = all.size;
      all.size += size;
    }
    return all;
  }

  /// See `parse_page`.
  static Result<PageParse> parse(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path) {
    PageParse parse;
    parse.size = parse_common(in, parse.page);
    if (parse.size != 0) return parse;
    return detail::parse_any_page(in, schema, tags, scratch, offset, path);
  }

 private:
  /// The octets of the page, or 0.
  static std::size_t parse_common(ByteView in, PageView& page) noexcept {
    if (const std::size_t size = parse_data(in, PageKind::full, tags.full, page); size != 0) return size;
    detail::PageCursor cursor(in);
    if (std::uint64_t addr = 0; cursor.address(tags.zero, addr)) {
      page = {PageKind::zero, addr, {}};
      return cursor.at();
    }
    return parse_data(in, PageKind::xbzrle, tags.xbzrle, page);
  }

  static std::size_t parse_data(ByteView in, PageKind kind, const PageTags::DataPage& its,
                                PageView& page) noexcept {
    detail::PageCursor cursor(in);
    std::size_t whole = 0;
    std::size_t size = 0;
    std::uint64_t addr = 0;
    if (!cursor.literal(its.outer) || !cursor.length(whole)) return 0;
    const std::size_t end = cursor.at() + whole;
    if (!cursor.address(its.addr, addr) || !cursor.literal(its.data) || !cursor.length(size)) return 0;
    if (cursor.at() + size != end || !its.size.holds(size)) return 0;
    page = {kind, addr, cursor.take(size)};
    return end;
  }
};

}  // namespace qember::ram
