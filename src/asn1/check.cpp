// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace qember::asn1 {
namespace {

/// What a member or an element adds to a path.
std::string component(const Node& parent, std::size_t index) {
  const ber::Type& type = parent.type();
  return type.kind == ber::Kind::sequence_of ? fmt::format("[{}]", index)
                                             : fmt::format(".{}", type.members[index].name);
}

/// How many values are directly in one, absent ones included, and each of them.
std::size_t children(const Node& node) {
  return node.type().kind == ber::Kind::sequence_of ? node.size() : node.type().members.size();
}

Node child(const Node& node, std::size_t index) {
  return node.type().kind == ber::Kind::sequence_of ? node.element(index) : node.member(index);
}

class Checker {
 public:
  explicit Checker(std::size_t max_depth) : max_depth_(max_depth) {}

  /// `depth` counts TLVs, as ber::validate does: an untagged CHOICE is none.
  bool value(const Node& node, const ber::SizeRange& size, std::size_t depth) {
    if (depth > max_depth_)
      return fail(Errc::limit, fmt::format("values nested at most {} deep", max_depth_), "deeper");
    switch (node.type().kind) {
      case ber::Kind::integer: return integer(node);
      case ber::Kind::octet_string: return sized(size, node.bytes().size(), "bytes");
      case ber::Kind::utf8_string: return text(node, size);
      case ber::Kind::choice:
        if (node.which() == 0) return fail(Errc::constraint, "an alternative", "none");
        return member(node, node.which() - 1, depth);
      default: return all_members(node, depth);
    }
  }

  Error& error() { return error_; }

 private:
  bool fail(Errc code, std::string expected, std::string found) {
    error_ = Error{code, 0, {}, std::move(expected), std::move(found)};
    return false;
  }

  bool all_members(const Node& node, std::size_t depth) {
    for (std::size_t i = 0; i < children(node); ++i)
      if (!member(node, i, depth)) return false;
    return true;
  }

  bool member(const Node& parent, std::size_t index, std::size_t depth) {
    const ber::Type& type = parent.type();
    const ber::Member& member = type.members[type.kind == ber::Kind::sequence_of ? 0 : index];
    const Node node = child(parent, index);
    const std::size_t tlvs = (member.tagged ? 1 : 0) + member.inner_tags.size();
    if (!node && member.optional) return true;
    if (node ? value(node, member.size, depth + tlvs) : fail(Errc::constraint, "a value", "nothing"))
      return true;
    error_.path.insert(0, component(parent, index));
    return false;
  }

  /// One that was never set has no bytes, and no encoding.
  bool integer(const Node& node) {
    const Layout& layout = *node.layout_of_value();
    if (layout.native || static_cast<const INTEGER_t*>(node.data_of_value())->size > 0) return true;
    return fail(Errc::constraint, "an INTEGER", "nothing");
  }

  bool text(const Node& node, const ber::SizeRange& size) {
    const auto characters = utf8_characters(node.bytes());
    if (!characters) return fail(Errc::bad_value, "UTF-8 without NUL", "other bytes");
    return sized(size, *characters, "characters");
  }

  bool sized(const ber::SizeRange& range, std::size_t size, std::string_view unit) {
    if (range.holds(size)) return true;
    return fail(Errc::constraint, fmt::format("{} to {} {}", range.min, range.max, unit),
                fmt::format("{}", size));
  }

  std::size_t max_depth_;
  Error error_;
};

extern "C" void qember_refused(void* key, asn_TYPE_descriptor_t* descriptor, const void* data, const char*,
                               ...) noexcept {
  auto& refused = *static_cast<Refused*>(key);
  if (!refused.descriptor) refused = {true, descriptor, data};
}

/// Depth first, in the order of the TLVs. Sets the place's path from the end.
bool search(const Node& node, const asn_TYPE_descriptor_t* descriptor, const void* data, Place& place) {
  if (node.data_of_value() == data && node.layout_of_value()->descriptor == descriptor) return true;
  ++place.index;
  for (std::size_t i = 0; i < children(node); ++i) {
    const Node inner = child(node, i);
    if (!inner || !search(inner, descriptor, data, place)) continue;
    place.path.insert(0, component(node, i));
    return true;
  }
  return false;
}

}  // namespace

Refused check_constraints(const Node& root) {
  Refused refused;
  asn_TYPE_descriptor_t* descriptor = root.layout_of_value()->descriptor;
  refused.any =
      descriptor->check_constraints(descriptor, root.data_of_value(), qember_refused, &refused) != 0;
  return refused;
}

Place find(const Node& root, const asn_TYPE_descriptor_t* descriptor, const void* data) {
  Place place;
  if (!search(root, descriptor, data, place)) place = {};
  return place;
}

Status check(const Node& node, const Limits& limits) {
  if (!node) return Error{Errc::usage, 0, {}, "a value", "nothing"};
  Checker checker(std::min(limits.max_depth, ber::deepest));
  const ber::Type& type = node.type();
  if (!checker.value(node, type.size, type.tagged ? 1 : 0))
    return std::move(checker.error()).within(type.name);
  const Refused refused = check_constraints(node);
  if (!refused.any) return {};
  const Place place = find(node, refused.descriptor, refused.data);
  return Error{Errc::constraint, 0, std::string(type.name) + place.path,
               "a value within the schema's constraints", "another"};
}

bool equal(const Node& a, const Node& b) {
  if (!a || !b) return !a && !b;
  if (a.layout_of_value() != b.layout_of_value()) return false;
  switch (a.type().kind) {
    case ber::Kind::boolean: return a.boolean() == b.boolean();
    case ber::Kind::integer: return a.integer() == b.integer();
    case ber::Kind::octet_string:
    case ber::Kind::utf8_string: return a.text() == b.text();
    case ber::Kind::other: {
      Bytes left, right;
      return append_der(a, left) && append_der(b, right) && left == right;
    }
    default: break;
  }
  if (a.which() != b.which() || children(a) != children(b)) return false;
  for (std::size_t i = 0; i < children(a); ++i)
    if (!equal(child(a, i), child(b, i))) return false;
  return true;
}

}  // namespace qember::asn1
