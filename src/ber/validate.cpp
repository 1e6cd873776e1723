// SPDX-License-Identifier: LGPL-2.1-or-later
#include "refusal.hpp"

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace qember::ber {
namespace {

constexpr auto nowhere = std::numeric_limits<std::uint64_t>::max();

/// The contents of a constructed TLV: they end before `end`, by then or by an end-of-contents.
struct Frame {
  std::uint64_t end = nowhere;
  bool indefinite = false;
  std::string_view owner = "the input";
};

enum class Next : std::uint8_t { tlv, end, failed };

std::string hex(const Identifier& id) { return fmt::format("{:02x}", fmt::join(id.view(), " ")); }

bool is_constructed(const Type& type) {
  return type.kind == Kind::sequence || type.kind == Kind::sequence_of || type.kind == Kind::choice;
}

std::string_view name_of(const Type& type) { return type.named ? type.name : name_of(type.kind); }

class Validator : private Refusal {
 public:
  Validator(ByteView in, const Schema& schema, const Limits& limits, std::size_t refused)
      : Refusal(in, schema),
        schema_(schema),
        limits_(limits),
        max_depth_(std::min(limits.max_depth, deepest)),
        refused_(refused) {}

  /// Walks a value of the type. On failure the error's offset and path are relative.
  bool root(const Type& type) {
    const Member member{type.name, 0, type.tagged, false, type.tag, type.inner_tags, type.size};
    const Frame input;
    Header header;
    if (next(input, header) == Next::failed) return false;
    if (!admits(member, type, header.tag)) return wrong_tag(member, type, input, Next::tlv);
    return value(member, type, input, header);
  }

  std::uint64_t consumed() const { return at_; }
  using Refusal::error;

 private:
  bool wrong_tag(const Member& member, const Type& type, const Frame& frame, Next what) {
    const bool constructed = is_constructed(type) || !member.inner_tags.empty();
    std::string expected;
    if (member.tagged)
      expected = fmt::format("{} ({})", name_of(type), hex(identifier(member.tag, constructed)));
    else
      for (const Member& alternative : type.members)
        expected += fmt::format("{}{}", expected.empty() ? "one of " : ", ", alternative.name);
    if (expected.empty()) expected = name_of(type);
    return misplaced(std::move(expected),
                     what == Next::end ? fmt::format("the end of {}", frame.owner) : tag_here());
  }

  // ---- Headers.

  /// Reads the header at hand without moving on.
  bool peek(const Frame& frame, Header& header) {
    const auto known = std::min<std::uint64_t>(in_.size(), frame.end);
    const ByteView rest = in_.subspan(at_, known - at_);
    const HeaderOutcome outcome = parse_header(rest, header);
    if (outcome == HeaderOutcome::need_more) return frame.end <= in_.size() ? leaves(frame) : truncated(at_);
    if (outcome != HeaderOutcome::ok) {
      error_ = header_error(outcome, rest, at_, {});
      return false;
    }
    return header.length <= frame.end - at_ - header.size || leaves(frame);
  }

  bool leaves(const Frame& frame) {
    return fail(Errc::bad_length, at_, fmt::format("an element that ends within {}", frame.owner), here());
  }

  Next next(const Frame& frame, Header& header) {
    if (!frame.indefinite && at_ == frame.end) return Next::end;
    if (!peek(frame, header)) return Next::failed;
    return frame.indefinite && header.is_end_of_contents() ? Next::end : Next::tlv;
  }

  /// Moves into the contents of a TLV.
  bool enter(const Header& header) {
    if (tlvs_++ == limits_.max_tlvs)
      return fail(Errc::limit, at_, fmt::format("max_tlvs: at most {} elements", limits_.max_tlvs), "more");
    if (depth_++ == max_depth_)
      return fail(Errc::limit, at_, fmt::format("max_depth: elements nested at most {} deep", max_depth_),
                  "deeper");
    at_ += header.size;
    return true;
  }

  Frame contents(const Header& header, const Frame& outer, std::string_view owner) const {
    return {header.indefinite ? outer.end : at_ + header.length, header.indefinite, owner};
  }

  /// Moves out of a constructed TLV that has all it should.
  bool leave(const Frame& frame) {
    Header header;
    const Next what = next(frame, header);
    if (what == Next::failed) return false;
    if (what == Next::tlv) return misplaced(fmt::format("the end of {}", frame.owner), tag_here());
    if (frame.indefinite) at_ += header.size;
    --depth_;
    return true;
  }

  // ---- Values. `header` is that of the TLV at hand, which `admits` has let through.

  /// Where end-of-contents ends nothing, it is no value either, whatever the schema says.
  bool admits(const Member& member, const Type& type, Tag tag) const {
    if (tag == tags::end_of_contents) return false;
    if (member.tagged) return member.tag == tag;
    if (type.kind == Kind::other) return true;
    return std::ranges::any_of(type.members, [&](const Member& alternative) {
      return admits(alternative, schema_.type(alternative), tag);
    });
  }

  static const Member* tagged_alternative(const Type& choice, Tag tag) {
    const auto found = std::ranges::find_if(choice.members, [tag](const Member& alternative) {
      return alternative.tagged && alternative.tag == tag;
    });
    return found == choice.members.end() ? nullptr : &*found;
  }

  bool value(const Member& member, const Type& type, const Frame& frame, const Header& header) {
    if (values_++ == refused_)
      return fail(Errc::constraint, at_, fmt::format("{} within the schema's constraints", name_of(type)),
                  here());
    const bool has_one_tag = member.tagged && member.inner_tags.empty() && type.kind != Kind::choice;
    return has_one_tag ? bare(member, type, frame, header) : wrapped(member, type, 0, frame, header);
  }

  /// X.690 8.14.2: each tag but the last is on a TLV around exactly one other. A CHOICE has no tag of its
  /// own, so that all of them are.
  bool wrapped(const Member& member, const Type& type, std::size_t depth, const Frame& frame,
               const Header& header) {
    const auto tags = member.inner_tags;
    if (depth == tags.size() + (member.tagged && type.kind == Kind::choice ? 1 : 0))
      return bare(member, type, frame, header);
    Frame around;
    if (!open(type, frame, header, around)) return false;
    Header inner;
    const Next what = next(around, inner);
    if (what == Next::failed) return false;
    if (what == Next::end || (depth < tags.size() && !(inner.tag == tags[depth])))
      return misplaced(std::string(name_of(type)), what == Next::end ? here() : tag_here());
    return wrapped(member, type, depth + 1, around, inner) && leave(around);
  }

  bool bare(const Member& member, const Type& type, const Frame& frame, const Header& header) {
    switch (type.kind) {
      case Kind::choice: return choice(type, frame, header);
      case Kind::sequence: return sequence(type, frame, header);
      case Kind::sequence_of: return list(type, frame, header);
      case Kind::octet_string: return bytes(member, frame, header);
      case Kind::other: return any(frame, header);
      default: return primitive(member, type, header);
    }
  }

  bool choice(const Type& type, const Frame& frame, const Header& header) {
    for (const Member& alternative : type.members)
      if (const Type& its = schema_.type(alternative); admits(alternative, its, header.tag))
        return value(alternative, its, frame, header) || inside(alternative.name);
    return wrong_tag(Member{}, type, frame, Next::tlv);
  }

  bool open(const Type& type, const Frame& outer, const Header& header, Frame& frame) {
    if (!header.constructed)
      return fail(Errc::bad_tag, at_, fmt::format("a constructed encoding of {}", name_of(type)), here());
    if (!enter(header)) return false;
    frame = contents(header, outer, name_of(type));
    return true;
  }

  bool sequence(const Type& type, const Frame& outer, const Header& header) {
    Frame frame;
    if (!open(type, outer, header, frame)) return false;
    for (const Member& member : type.members)
      if (!component(member, frame, &member == &type.members.back())) return inside(member.name);
    return leave(frame);
  }

  bool component(const Member& member, const Frame& frame, bool last) {
    const Type& type = schema_.type(member);
    Header header;
    const Next what = next(frame, header);
    if (what == Next::failed) return false;
    if (what == Next::tlv && admits(member, type, header.tag)) return value(member, type, frame, header);
    if (member.optional) return true;
    wrong_tag(member, type, frame, what);
    // A NULL that must be there says nothing but that it is: as the last component, an end mark.
    if (last && type.kind == Kind::null) error_.code = Errc::missing_end_mark;
    return false;
  }

  /// Elements of a CHOICE that are this INTEGER in its common form: device state has thousands in a row. Goes
  /// as far as nothing can be said against them; returns how many they are.
  std::size_t integers(const Member& member, const Frame& frame) {
    const Identifier id = identifier(member.tag, false);
    if (id.size != 1 || !member.inner_tags.empty() || depth_ == max_depth_) return 0;
    const std::uint64_t end = std::min<std::uint64_t>(in_.size(), frame.end);
    constexpr std::size_t longest = 8;
    std::size_t count = 0;
    for (; end - at_ >= 2 + longest && tlvs_ < limits_.max_tlvs && refused_ - values_ > 1; ++count) {
      const std::uint8_t* const from = in_.data() + at_;
      const std::size_t length = from[1];
      if (from[0] != id.bytes[0] || length - 1 >= longest) break;
      // X.690 8.3.2: not nine bits alike at the front.
      const unsigned front = from[2] * 2U + from[3] / 128U;
      if (length > 1 && (front == 0 || front == 0x1ff)) break;
      at_ += 2 + length;
      ++tlvs_;
      values_ += 2;
    }
    return count;
  }

  bool list(const Type& type, const Frame& outer, const Header& header) {
    Frame frame;
    if (!open(type, outer, header, frame)) return false;
    const Member& element = type.members.front();
    const Type& its = schema_.type(element);
    // Of a CHOICE, most elements are what the one before was.
    const Member* before = nullptr;
    for (std::size_t i = 0;; ++i) {
      Header at;
      const Next what = next(frame, at);
      if (what == Next::end) return leave(frame);
      if (what == Next::failed) return inside(i);
      if (before != nullptr && before->tag == at.tag && values_ != refused_) {
        const Type& like = schema_.type(*before);
        ++values_;
        if (!value(*before, like, frame, at)) return inside(before->name) || inside(i);
        if (like.kind == Kind::integer) i += integers(*before, frame);
        continue;
      }
      before = element.tagged ? nullptr : tagged_alternative(its, at.tag);
      if (!admits(element, its, at.tag)) return wrong_tag(element, its, frame, what) || inside(i);
      if (!value(element, its, frame, at)) return inside(i);
    }
  }

  // ---- Strings and other primitives.

  bool bytes(const Member& member, const Frame& frame, const Header& header) {
    const std::uint64_t start = at_;
    std::uint64_t size = 0;
    if (!header.constructed && !member.size.holds(header.length))
      return bad_size(member, start, header.length);
    if (!segment(frame, header, size)) return false;
    return member.size.holds(size) || bad_size(member, start, size);
  }

  /// X.690 8.7.3: a string of bytes, or segments of one, each tagged as an OCTET STRING.
  bool segment(const Frame& outer, const Header& header, std::uint64_t& size) {
    if (!header.constructed) {
      size += header.length;
      return skip(header);
    }
    if (!enter(header)) return false;
    const Frame frame = contents(header, outer, "OCTET STRING");
    Header inner;
    Next what = next(frame, inner);
    for (; what == Next::tlv; what = next(frame, inner)) {
      if (!(inner.tag == tags::octet_string))
        return fail(Errc::bad_tag, at_, "a segment of an OCTET STRING (04)", here());
      if (!segment(frame, inner, size)) return false;
    }
    return what == Next::end && leave(frame);
  }

  /// Moves past a primitive TLV.
  bool skip(const Header& header) {
    const std::uint64_t start = at_;
    if (!enter(header)) return false;
    if (header.length > in_.size() - at_) return truncated(start);
    at_ += header.length;
    --depth_;
    return true;
  }

  /// A value that only asn1c can read: any TLV.
  bool any(const Frame& outer, const Header& header) {
    if (header.is_end_of_contents()) return misplaced("another element", tag_here());
    if (!header.constructed) return skip(header);
    if (!enter(header)) return false;
    const Frame frame = contents(header, outer, "the element");
    Header inner;
    Next what = next(frame, inner);
    for (; what == Next::tlv; what = next(frame, inner))
      if (!any(frame, inner)) return false;
    return what == Next::end && leave(frame);
  }

  bool bad_size(const Member& member, std::uint64_t at, std::uint64_t size) {
    const auto [min, max] = member.size;
    std::string bounds = max == nowhere ? fmt::format("{} or more", min)
                         : min == max   ? fmt::format("{}", min)
                                        : fmt::format("{} to {}", min, max);
    return fail(Errc::constraint, at, std::move(bounds) + " bytes", fmt::format("{}", size));
  }

  bool primitive(const Member& member, const Type& type, const Header& header) {
    const std::uint64_t start = at_;
    if (header.constructed)
      return fail(Errc::bad_tag, start, fmt::format("a primitive encoding of {}", name_of(type)), here());
    if (!plausible(type.kind, header.length)) return false;
    if (!skip(header)) return false;
    const ByteView contents = in_.subspan(at_ - header.length, header.length);
    if (type.kind == Kind::integer && !parse_integer(contents))
      return fail(Errc::bad_value, start, "a minimal INTEGER from -2^63 to 2^64-1", hex_excerpt(contents, 9));
    return type.kind != Kind::utf8_string || text(member, start, contents);
  }

  /// What the length alone can tell.
  bool plausible(Kind kind, std::uint64_t length) {
    const auto refuse = [&](Errc code, std::string_view expected) {
      return fail(code, at_, std::string(expected), fmt::format("{}", length));
    };
    if (kind == Kind::integer && (length == 0 || length > 9))
      return refuse(Errc::bad_value, "INTEGER of 1 to 9 bytes");
    if (kind == Kind::boolean && length != 1) return refuse(Errc::bad_value, "BOOLEAN of 1 byte");
    if (kind == Kind::null && length != 0) return refuse(Errc::bad_value, "NULL of 0 bytes");
    if (kind == Kind::utf8_string && length > limits_.max_name)
      return refuse(Errc::limit, fmt::format("UTF8String of at most {} bytes", limits_.max_name));
    return true;
  }

  bool text(const Member& member, std::uint64_t at, ByteView contents) {
    const auto characters = utf8_characters(contents);
    if (!characters) return fail(Errc::bad_value, at, "UTF-8 without NUL", hex_excerpt(contents));
    if (member.size.holds(*characters)) return true;
    bad_size(member, at, *characters);
    error_.expected.replace(error_.expected.rfind("bytes"), 5, "characters");
    return false;
  }

  const Schema& schema_;
  const Limits& limits_;
  std::size_t max_depth_;
  std::size_t refused_;
  std::size_t depth_ = 0;
  std::size_t tlvs_ = 0;
  std::size_t values_ = 0;
};

Error placed(Error error, const Type& type, std::uint64_t offset, std::string_view path) {
  error.offset += offset;
  return std::move(error).within(path.empty() ? type.name : path);
}

}  // namespace

Result<std::uint64_t> validate(ByteView in, const Schema& schema, const Type& type, const Limits& limits,
                               std::uint64_t offset, std::string_view path) {
  Validator validator(in, schema, limits, std::numeric_limits<std::size_t>::max());
  if (!validator.root(type)) return placed(std::move(validator.error()), type, offset, path);
  return validator.consumed();
}

Error refuse(std::size_t index, ByteView in, const Schema& schema, const Type& type, const Limits& limits,
             std::uint64_t offset, std::string_view path) {
  Validator validator(in, schema, limits, index);
  if (!validator.root(type)) return placed(std::move(validator.error()), type, offset, path);
  return placed({Errc::constraint, 0, {}, "a value within the schema's constraints", "another"}, type, offset,
                path);
}

}  // namespace qember::ber
