// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/ram/page_format.hpp>
#include <qember/generated/schema.hpp>

namespace qember::ram {
namespace {

using Codec = PageCodec<generated::schema>;

bool has_tag(ByteView in, const ber::Identifier& identifier) {
  return in.size() >= identifier.size && std::ranges::equal(in.first(identifier.size), identifier.view());
}

/// Appends the bytes of a string and its segments (X.690 8.7.3) that has been validated.
std::size_t append_string(ByteView in, Bytes& to) {
  ber::Header header;
  ber::parse_header(in, header);
  std::size_t at = header.size;
  if (!header.constructed) {
    to.insert(to.end(), in.begin() + header.size,
              in.begin() + header.size + static_cast<std::ptrdiff_t>(header.length));
    return at + header.length;
  }
  while (header.indefinite ? in[at] != 0 : at < header.size + header.length)
    at += append_string(in.subspan(at), to);
  return header.indefinite ? at + 2 : at;
}

/// The address in the INTEGER whose header is at the front of `in`.
Result<std::uint64_t> address(ByteView in, std::uint64_t offset, std::string path) {
  ber::Header header;
  ber::parse_header(in, header);
  const auto value = ber::parse_integer(in.subspan(header.size, header.length));
  if (!value || value->negative())
    return Error{Errc::bad_value, offset, std::move(path), "an address of 0 or more", hex_excerpt(in)};
  return value->bits();
}

/// Takes the fields out of a page that has been validated, in whatever form it is.
Result<PageParse> extract(ByteView in, const PageTags& tags, Bytes& scratch, std::uint64_t offset,
                          const std::string& path) {
  PageParse parse;
  if (has_tag(in, tags.hook)) return parse;
  if (has_tag(in, tags.zero)) {
    const auto addr = address(in, offset, path + ".compr");
    if (!addr) return addr.error();
    parse.page = {PageKind::zero, *addr, {}};
    return parse;
  }
  const bool is_full = has_tag(in, tags.full.outer);
  if (!is_full && !has_tag(in, tags.xbzrle.outer))
    return Error{Errc::unsupported, offset, path, "a kind of page that this version knows", hex_excerpt(in)};
  ber::Header outer;
  ber::parse_header(in, outer);
  const ByteView inside = in.subspan(outer.size);
  const auto addr =
      address(inside, offset + outer.size, path + (is_full ? ".fullpage.addr" : ".xbzrle.addr"));
  if (!addr) return addr.error();
  ber::Header header;
  ber::parse_header(inside, header);
  scratch.clear();
  append_string(inside.subspan(header.size + header.length), scratch);
  parse.page = {is_full ? PageKind::full : PageKind::xbzrle, *addr, scratch};
  return parse;
}

}  // namespace

namespace detail {

Result<PageParse> parse_any_page(ByteView in, const ber::Schema& schema, const PageTags& tags, Bytes& scratch,
                                 std::uint64_t offset, std::string_view path) {
  const auto size = ber::validate(in, schema, *schema.find("RAMPage"), Limits{}, offset, path);
  if (!size) return size.error();
  auto result = extract(in, tags, scratch, offset, std::string(path));
  if (result) result->size = static_cast<std::size_t>(*size);
  return result;
}

}  // namespace detail

std::uint8_t* put_page(std::uint8_t* to, const PageView& page) noexcept { return Codec::put(to, page); }

PagesParse parse_common_pages(ByteView in, std::span<PageView> room) noexcept {
  return Codec::parse_common(in, room);
}

Result<PageParse> parse_page(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path) {
  return Codec::parse(in, scratch, offset, path);
}

namespace {

bool is_same(const PageTags::DataPage& a, const PageTags::DataPage& b) {
  return a.outer == b.outer && a.addr == b.addr && a.data == b.data && a.size == b.size;
}

bool is_same(const PageTags& a, const PageTags& b) {
  return a.zero == b.zero && a.hook == b.hook && is_same(a.full, b.full) && is_same(a.xbzrle, b.xbzrle);
}

}  // namespace

PageFormat::PageFormat() noexcept : schema_(&generated::schema), tags_(Codec::tags), is_own_(true) {}

PageFormat::PageFormat(const ber::Schema& schema)
    : schema_(&schema), tags_(detail::page_tags(schema)), is_own_(is_same(tags_, Codec::tags)) {}

std::uint8_t* PageFormat::put(std::uint8_t* to, const PageView& page) const noexcept {
  return is_own_ ? Codec::put(to, page) : detail::PageCoder(tags_).put(to, page);
}

PagesParse PageFormat::parse_common(ByteView in, std::span<PageView> room) const noexcept {
  return is_own_ ? Codec::parse_common(in, room) : detail::PageCoder(tags_).parse_common(in, room);
}

Result<PageParse> PageFormat::parse(ByteView in, Bytes& scratch, std::uint64_t offset,
                                    std::string_view path) const {
  PageParse parse;
  parse.size = detail::PageCoder(tags_).parse_common(in, parse.page);
  if (parse.size != 0) return parse;
  return detail::parse_any_page(in, *schema_, tags_, scratch, offset, path);
}

}  // namespace qember::ram
