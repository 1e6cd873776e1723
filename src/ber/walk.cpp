// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/walk.hpp>

#include <algorithm>

namespace qember::ber {
namespace {

/// Appends the bytes of a string, its segments joined (X.690 8.7.3).
void append_bytes(ByteView tlv, Bytes& to) {
  ByteView rest = contents_of(tlv);
  if (!header_at(tlv).constructed) {
    to.insert(to.end(), rest.begin(), rest.end());
    return;
  }
  while (!rest.empty()) append_bytes(take_tlv(rest), to);
}

class Walk {
 public:
  Walk(const Schema& schema, ValueVisitor& visitor) : schema_(schema), visitor_(visitor) {}

  void value(ByteView tlv, const Member& member, const Type& type, WalkedValue walked) {
    // X.690 8.14.2: each tag but the last is on a TLV around another. A CHOICE has no tag of its own.
    const std::size_t around =
        member.inner_tags.size() + (member.tagged && type.kind == Kind::choice ? 1 : 0);
    for (std::size_t i = 0; i < around; ++i) tlv = inside(tlv);
    walked.kind = type.kind;
    switch (type.kind) {
      case Kind::sequence:
      case Kind::sequence_of:
      case Kind::choice:
        visitor_.enter(walked);
        group(tlv, type);
        visitor_.leave();
        return;
      case Kind::octet_string:
        scratch_.clear();
        append_bytes(tlv, scratch_);
        walked.contents = scratch_;
        break;
      case Kind::other: walked.contents = tlv; break;
      default: walked.contents = contents_of(tlv);
    }
    visitor_.value(walked);
  }

 private:
  static ByteView inside(ByteView tlv) {
    ByteView contents = contents_of(tlv);
    return take_tlv(contents);
  }

  void group(ByteView tlv, const Type& type) {
    if (type.kind == Kind::choice) {
      component(tlv, type, type.members.begin());
      return;
    }
    ByteView rest = contents_of(tlv);
    auto next = type.members.begin();
    for (std::size_t i = 0; !rest.empty(); ++i) {
      const ByteView each = take_tlv(rest);
      if (type.kind == Kind::sequence)
        next = std::find_if(next, type.members.end(),
                            [&](const Member& member) { return begins(member, header_at(each).tag); });
      if (next == type.members.end()) return;
      if (type.kind == Kind::sequence_of) {
        value(each, *next, schema_.type(*next), {{}, i, {}, {}});
      } else {
        value(each, *next, schema_.type(*next), {next->name, {}, {}, {}});
        ++next;
      }
    }
  }

  void component(ByteView tlv, const Type& choice, std::span<const Member>::iterator from) {
    const Tag tag = header_at(tlv).tag;
    const auto found =
        std::find_if(from, choice.members.end(), [&](const Member& member) { return begins(member, tag); });
    if (found != choice.members.end()) value(tlv, *found, schema_.type(*found), {found->name, {}, {}, {}});
  }

  bool begins(const Member& member, Tag tag) const {
    if (member.tagged) return member.tag == tag;
    const Type& type = schema_.type(member);
    if (type.kind == Kind::other) return true;
    return std::ranges::any_of(type.members, [&](const Member& inner) { return begins(inner, tag); });
  }

  const Schema& schema_;
  ValueVisitor& visitor_;
  Bytes scratch_;
};

}  // namespace

void walk(ByteView encoded, const Schema& schema, const Type& type, ValueVisitor& visitor) {
  const Member root{type.name, 0, type.tagged, false, type.tag, type.inner_tags, type.size};
  Walk(schema, visitor).value(encoded, root, type, {});
}

}  // namespace qember::ber
