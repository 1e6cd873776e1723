// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model.hpp"

#include "backend.h"

#include <OCTET_STRING.h>
#include <constr_CHOICE.h>
#include <constr_SEQUENCE.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace qember::describe {
namespace {

constexpr std::size_t max_types = 1U << 14U;
// A SIZE is a function in asn1c's output; what it allows shows only by asking. Counting the characters of
// every text up to this size is some ten million steps; above it a bound stays with asn1c.
constexpr std::size_t max_text = 4096;
constexpr std::size_t max_bytes = 1U << 17U;

Tag to_tag(ber_tlv_tag_t tag) {
  return {static_cast<std::uint32_t>(tag >> 2U), static_cast<ber::TagClass>(tag & 3U)};
}

constexpr auto untagged = static_cast<ber_tlv_tag_t>(-1);

/// The first of the universal tags that the type has, replaced ones too, tells what it is.
Kind universal_kind(const asn_TYPE_descriptor_t& td) {
  static const std::map<std::uint32_t, Kind> kinds{{1, Kind::boolean},
                                                   {2, Kind::integer},
                                                   {4, Kind::octet_string},
                                                   {5, Kind::null},
                                                   {12, Kind::utf8_string}};
  for (int i = 0; i < td.all_tags_count; ++i) {
    const Tag tag = to_tag(td.all_tags[i]);
    if (tag.tag_class != ber::TagClass::universal) continue;
    const auto found = kinds.find(tag.number);
    return found == kinds.end() ? Kind::other : found->second;
  }
  return Kind::other;
}

Kind kind_of(const qember_asn1c_backend& backend, const asn_TYPE_descriptor_t& td) {
  if (td.der_encoder == backend.choice) return Kind::choice;
  if (td.der_encoder == backend.sequence) return Kind::sequence;
  if (td.der_encoder == backend.sequence_of) return Kind::sequence_of;
  return universal_kind(td);
}

bool is_extensible(Kind kind, const asn_TYPE_descriptor_t& td) {
  if (kind == Kind::choice) return static_cast<const asn_CHOICE_specifics_t*>(td.specifics)->ext_start >= 0;
  if (kind == Kind::sequence)
    return static_cast<const asn_SEQUENCE_specifics_t*>(td.specifics)->ext_before >= 0;
  return false;
}

template <class Accepts>
ber::SizeRange probe(std::size_t most, Accepts accepts) {
  ber::SizeRange range;
  std::size_t first = 0;
  while (first <= most && !accepts(first)) ++first;
  if (first > most) return range;
  range.min = first;
  if (accepts(most)) return range;
  std::size_t last = most;
  while (!accepts(last)) --last;
  range.max = last;
  return range;
}

ber::SizeRange probe_size(Kind kind, asn_TYPE_descriptor_t* td, asn_constr_check_f* check) {
  static std::vector<std::uint8_t> text(max_bytes, 'a');
  if (kind != Kind::octet_string && kind != Kind::utf8_string) return {};
  OCTET_STRING_t value{};
  value.buf = text.data();
  return probe(kind == Kind::utf8_string ? max_text : max_bytes, [&](std::size_t size) {
    value.size = static_cast<int>(size);
    return check(td, &value, nullptr, nullptr) == 0;
  });
}

class Reader {
 public:
  explicit Reader(const qember_asn1c_backend& backend) : backend_(backend), found_(max_types) {
    found_.resize(backend.warm_up(found_.data(), found_.size()));
    if (found_.size() == max_types) throw std::runtime_error("more than 2^14 types");
    for (asn_TYPE_descriptor_t** td = backend.named; *td; ++td) ++named_;
  }

  Model read() {
    for (std::size_t i = 0; i < found_.size(); ++i) model_.types.push_back(type(*found_[i], i < named_));
    for (std::size_t i = 0; i < found_.size(); ++i) read_members(*found_[i], model_.types[i]);
    return std::move(model_);
  }

 private:
  std::span<const Tag> keep(std::vector<Tag> tags) { return model_.tags.emplace_back(std::move(tags)); }

  std::vector<Tag> tags_of(const asn_TYPE_descriptor_t& td) {
    std::vector<Tag> tags;
    for (int i = 0; i < td.tags_count; ++i) tags.push_back(to_tag(td.tags[i]));
    return tags;
  }

  Type type(asn_TYPE_descriptor_t& td, bool named) {
    Type type;
    type.kind = kind_of(backend_, td);
    type.named = named;
    type.name = td.name;
    type.extensible = is_extensible(type.kind, td);
    type.size = probe_size(type.kind, &td, td.check_constraints);
    std::vector<Tag> tags = tags_of(td);
    type.tagged = !tags.empty();
    if (!type.tagged) return type;
    type.tag = tags.front();
    type.inner_tags = keep({tags.begin() + 1, tags.end()});
    return type;
  }

  void read_members(const asn_TYPE_descriptor_t& td, Type& type) {
    std::vector<Member> members;
    std::vector<bool>& pointers = model_.pointers.emplace_back();
    const bool has_members =
        type.kind == Kind::sequence || type.kind == Kind::choice || type.kind == Kind::sequence_of;
    for (int i = 0; has_members && i < td.elements_count; ++i) {
      members.push_back(member(td.elements[i], type.kind == Kind::sequence_of));
      pointers.push_back((td.elements[i].flags & ATF_POINTER) != 0);
    }
    type.members = model_.members.emplace_back(std::move(members));
  }

  Member member(const asn_TYPE_member_t& element, bool of_list) {
    const auto at = std::find(found_.begin(), found_.end(), element.type);
    Member member;
    member.name = of_list || element.name == nullptr ? "" : element.name;
    member.type = static_cast<std::uint16_t>(at - found_.begin());
    member.optional = !of_list && element.optional != 0;
    member.tagged = element.tag != untagged;
    if (member.tagged) member.tag = to_tag(element.tag);
    member.size = probe_size(model_.types[member.type].kind, element.type, element.memb_constraints);
    // An IMPLICIT tag (-1) replaces the type's first, an EXPLICIT one (1) comes before it.
    std::vector<Tag> inner = tags_of(*element.type);
    if (element.tag_mode <= 0 && !inner.empty()) inner.erase(inner.begin());
    member.inner_tags = keep(std::move(inner));
    return member;
  }

  const qember_asn1c_backend& backend_;
  std::vector<asn_TYPE_descriptor_t*> found_;
  std::size_t named_ = 0;
  Model model_;
};

}  // namespace

Model read_model(const qember_asn1c_backend& backend) { return Reader(backend).read(); }

}  // namespace qember::describe
