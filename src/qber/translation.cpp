// SPDX-License-Identifier: LGPL-2.1-or-later
#include "translation.hpp"

#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/writer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::qber {
namespace {

class Translation {
 public:
  Translation(ByteView in, const ber::Schema& from, const ber::Schema& to) : in_(in), from_(from), to_(to) {}

  /// The TLV at the front, which is a value of `from`.
  bool value(const ber::Type& from, const ber::Type& to, ber::Tag tag) {
    const ber::Header header = ber::header_at(in_.subspan(at_));
    if (header.constructed && from.kind != ber::Kind::octet_string) return constructed(from, to, tag, header);
    const std::size_t size = ber::tlv_size(in_.subspan(at_));
    const ByteView contents = in_.subspan(at_ + header.size, size - header.size);
    put_header(out.size(), tag, header, header.indefinite ? 0 : contents.size());
    out.insert(out.end(), contents.begin(), contents.end());
    at_ += size;
    return true;
  }

  Bytes out;
  Error error;

 private:
  void put_header(std::size_t where, ber::Tag tag, const ber::Header& like, std::size_t length) {
    std::array<std::uint8_t, 16> bytes{};
    std::uint8_t* end = ber::put(bytes.data(), ber::identifier(tag, like.constructed));
    if (like.indefinite)
      *end++ = 0x80;
    else
      end = ber::put_length(end, length);
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(where), bytes.data(), end);
  }

  /// Its length is known when its contents are written.
  bool constructed(const ber::Type& from, const ber::Type& to, ber::Tag tag, const ber::Header& header) {
    const std::size_t begin = out.size();
    const std::size_t end = at_ + header.size + static_cast<std::size_t>(header.length);
    at_ += header.size;
    std::size_t next = 0;
    while (header.indefinite ? !ber::is_end_of_contents(in_.subspan(at_)) : at_ < end) {
      if (from.kind != ber::Kind::sequence_of) {
        if (!component(from, to, next)) return false;
      } else if (!element(from.members.front(), to.members.front())) {
        return inside(fmt::format("[{}]", next));
      } else {
        ++next;
      }
    }
    if (header.indefinite) at_ += 2;
    const std::size_t length = out.size() - begin;
    if (header.indefinite) out.insert(out.end(), 2, 0);
    put_header(begin, tag, header, length);
    return true;
  }

  bool element(const ber::Member& from, const ber::Member& to) {
    if (from.tagged) return value(from_.type(from), to_.type(to), to.tag);
    std::size_t first = 0;
    return component(from_.type(from), to_.type(to), first);
  }

  /// The alternative of a CHOICE, or the member of a SEQUENCE from `next` on, that has the tag at hand. In a
  /// SEQUENCE the one before may have the same.
  bool component(const ber::Type& from, const ber::Type& to, std::size_t& next) {
    const ber::Tag tag = ber::header_at(in_.subspan(at_)).tag;
    for (const ber::Member& member : from.members.subspan(next)) {
      ++next;
      if (!begins(member, tag)) continue;
      const auto same = std::ranges::find(to.members, member.name, &ber::Member::name);
      if (same == to.members.end()) return unknown(member.name);
      return element(member, *same) || inside(fmt::format(".{}", member.name));
    }
    return unknown({});
  }

  bool begins(const ber::Member& member, ber::Tag tag) const {
    if (member.tagged) return member.tag == tag;
    return std::ranges::any_of(from_.type(member).members,
                               [&](const ber::Member& inner) { return begins(inner, tag); });
  }

  bool unknown(std::string_view name) {
    error = {Errc::unsupported,
             at_,
             name.empty() ? "" : fmt::format(".{}", name),
             "a member of the library's own schema",
             ber::tag_excerpt(in_.subspan(at_)),
             to_.fingerprint};
    return false;
  }

  bool inside(std::string_view member) {
    error.path.insert(0, member);
    return false;
  }

  ByteView in_;
  std::size_t at_ = 0;
  const ber::Schema& from_;
  const ber::Schema& to_;
};

}  // namespace

Result<Bytes> translate_full(ByteView encoded, const WireFormat& from, const WireFormat& to) {
  Translation translation(encoded, from.schema(), to.schema());
  if (!translation.value(from.full_type(), to.full_type(), to.full_type().tag))
    return std::move(translation.error);
  return std::move(translation.out);
}

}  // namespace qember::qber
