// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/ber/validate.hpp>
#include <qember/ber/writer.hpp>
#include <qember/ram/page.hpp>

#include "tags.hpp"

namespace qember::ram {
namespace {

/// The parts of a page that is a SEQUENCE of address and data.
struct DataPage {
  PageKind kind;
  const ber::Identifier& outer;
  const ber::Identifier& addr;
  const ber::Identifier& data;
  const ber::SizeRange& size;
};

constexpr DataPage full_page{PageKind::full, wire::full, wire::full_addr, wire::full_data, wire::full_size};
constexpr DataPage xbzrle_page{PageKind::xbzrle, wire::xbzrle, wire::xbzrle_addr, wire::xbzrle_data,
                               wire::xbzrle_size};

/// Walks the header octets of one page in the common form.
class Cursor {
 public:
  explicit Cursor(ByteView in) : in_(in) {}

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
    const auto value = ber::parse_integer(in_.subspan(at_, size));
    if (!value || value->negative()) return false;
    at_ += size;
    out = value->bits();
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

bool parse_data_page(ByteView in, const DataPage& shape, PageParse& out) noexcept {
  Cursor cursor(in);
  std::size_t whole = 0;
  std::size_t size = 0;
  if (!cursor.literal(shape.outer) || !cursor.length(whole)) return false;
  const std::size_t end = cursor.at() + whole;
  if (!cursor.address(shape.addr, out.page.addr) || !cursor.literal(shape.data) || !cursor.length(size))
    return false;
  if (cursor.at() + size != end || !shape.size.holds(size)) return false;
  out.page.kind = shape.kind;
  out.page.data = cursor.take(size);
  out.size = end;
  return true;
}

bool parse_hook(ByteView in, PageParse& out) noexcept {
  Cursor cursor(in);
  std::size_t size = 0;
  if (!cursor.literal(wire::hook) || !cursor.length(size) || size != 0) return false;
  out = {{PageKind::hook, 0, {}}, cursor.at()};
  return true;
}

/// Appends the octets of a string and its segments (X.690 8.7.3) that has been validated.
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
    return Error{Errc::bad_value, offset, std::move(path), "an address of 0 or more", ber::hex_excerpt(in)};
  return value->bits();
}

/// Takes the fields out of a page that has been validated, in whatever form it is.
Result<PageParse> extract(ByteView in, Bytes& scratch, std::uint64_t offset, std::string path) {
  PageParse parse;
  if (parse_hook(in, parse)) return parse;
  if (Cursor(in).literal(wire::zero)) {
    const auto addr = address(in, offset, path + ".compr");
    if (!addr) return addr.error();
    parse.page = {PageKind::zero, *addr, {}};
    return parse;
  }
  const bool is_full = Cursor(in).literal(wire::full);
  if (!is_full && !Cursor(in).literal(wire::xbzrle))
    return Error{Errc::unsupported, offset, path, "a kind of page that this version knows",
                 ber::hex_excerpt(in)};
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

std::uint8_t* put_page(std::uint8_t* to, const PageView& page) noexcept {
  switch (page.kind) {
    case PageKind::zero: return ber::put_integer(ber::put(to, wire::zero), page.addr);
    case PageKind::hook: return ber::put_length(ber::put(to, wire::hook), 0);
    case PageKind::full:
    case PageKind::xbzrle: break;
  }
  const DataPage& shape = page.kind == PageKind::full ? full_page : xbzrle_page;
  const std::size_t data = page.data.size();
  const std::size_t inside =
      shape.addr.size + 1U + ber::integer_size(page.addr) + shape.data.size + ber::length_size(data) + data;
  to = ber::put_length(ber::put(to, shape.outer), inside);
  to = ber::put_integer(ber::put(to, shape.addr), page.addr);
  return ber::put_length(ber::put(to, shape.data), data);
}

bool parse_common_page(ByteView in, PageParse& out) noexcept {
  if (parse_data_page(in, full_page, out)) return true;
  if (Cursor cursor(in); cursor.address(wire::zero, out.page.addr)) {
    out.page.kind = PageKind::zero;
    out.page.data = {};
    out.size = cursor.at();
    return true;
  }
  return parse_data_page(in, xbzrle_page, out);
}

Result<PageParse> parse_page(ByteView in, Bytes& scratch, std::uint64_t offset, std::string_view path) {
  PageParse parse;
  if (parse_common_page(in, parse)) return parse;
  const auto size = ber::validate(in, generated::schema, wire::type("RAMPage"), Limits{}, offset, path);
  if (!size) return size.error();
  auto result = extract(in, scratch, offset, std::string(path));
  if (result) result->size = static_cast<std::size_t>(*size);
  return result;
}

}  // namespace qember::ram
