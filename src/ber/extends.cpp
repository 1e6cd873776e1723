// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/extends.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace qember::ber {
namespace {

class Comparison {
 public:
  Comparison(const Schema& base, const Schema& schema, std::string_view open,
             std::span<const std::string_view> kept)
      : base_(base), schema_(schema), open_(open), kept_(kept) {}

  bool type(const Type& base, const Type& type) {
    if (base.kind != type.kind) return differs(name_of(base.kind), name_of(type.kind));
    const bool is_kept = base.named && std::ranges::find(kept_, base.name) != kept_.end();
    if (is_kept && !(type.named && type.name == base.name)) return differs(base.name, type.name);
    note_tags(base.tagged, base.tag, type.tagged, type.tag);
    if (!type.inner_tags.empty()) return differs("one tag", "an EXPLICIT tag");
    if (base.extensible != type.extensible)
      return differs(base.extensible ? "..." : "no ...", type.extensible ? "..." : "none");
    if (!visited_.insert({&base, &type}).second) return true;
    const bool was_open = is_open_;
    is_open_ = is_open_ || (base.named && base.name == open_);
    const bool same = base.kind == Kind::choice ? choice(base, type) : components(base, type);
    is_open_ = was_open;
    return same;
  }

  Error error;
  bool has_same_tags = true;

 private:
  bool differs(std::string_view expected, std::string_view found) {
    error = {Errc::unsupported, 0, {}, std::string(expected), std::string(found), schema_.fingerprint};
    return false;
  }

  bool inside(const Member& member) {
    error.path.insert(0, member.name.empty() ? "[]" : fmt::format(".{}", member.name));
    return false;
  }

  void note_tags(bool is_base_tagged, Tag base, bool is_tagged, Tag tag) {
    if (is_base_tagged != is_tagged || !(base == tag)) has_same_tags = false;
  }

  bool choice(const Type& base, const Type& type) {
    for (const Member& wanted : base.members) {
      const auto found = std::ranges::find(type.members, wanted.name, &Member::name);
      if (found == type.members.end()) return differs(kind_of(wanted), "nothing") || inside(wanted);
      if (!member(wanted, *found)) return inside(wanted);
    }
    return true;
  }

  bool components(const Type& base, const Type& type) {
    for (std::size_t i = 0; i < type.members.size(); ++i) {
      const Member& found = type.members[i];
      if (i >= base.members.size()) {
        if (!is_open_) return differs("the end", found.name);
        if (!found.optional) return differs("no more than OPTIONAL members", found.name);
      } else if (found.name != base.members[i].name) {
        return differs(base.members[i].name, found.name);
      } else if (!member(base.members[i], found)) {
        return inside(found);
      }
    }
    if (type.members.size() < base.members.size())
      return differs(base.members[type.members.size()].name, "the end");
    return true;
  }

  bool member(const Member& base, const Member& member) {
    if (base.optional != member.optional)
      return differs(base.optional ? "OPTIONAL" : "a member that is there",
                     member.optional ? "OPTIONAL" : "another");
    if (!member.inner_tags.empty()) return differs("one tag", "an EXPLICIT tag");
    if (base.tagged != member.tagged)
      return differs(base.tagged ? "a tag" : "no tag", member.tagged ? "a tag" : "none");
    note_tags(base.tagged, base.tag, member.tagged, member.tag);
    return type(base_.type(base), schema_.type(member));
  }

  std::string_view kind_of(const Member& member) const { return name_of(base_.type(member).kind); }

  const Schema& base_;
  const Schema& schema_;
  std::string_view open_;
  std::span<const std::string_view> kept_;
  bool is_open_ = false;
  std::set<std::pair<const Type*, const Type*>> visited_;
};

}  // namespace

Result<Extension> extends(const Schema& base, const Schema& schema, std::string_view root,
                          std::string_view open, std::span<const std::string_view> kept) {
  const Type* const wanted = base.find(root);
  const Type* const found = schema.find(root);
  if (wanted == nullptr || found == nullptr)
    return Error{Errc::unsupported, 0, std::string(root), "a type of that name", "none", schema.fingerprint};
  Comparison comparison(base, schema, open, kept);
  if (!comparison.type(*wanted, *found)) return std::move(comparison.error).within(root);
  return Extension{comparison.has_same_tags};
}

}  // namespace qember::ber
