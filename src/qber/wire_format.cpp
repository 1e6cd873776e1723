// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/extends.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include "tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::qber {
namespace {

/// By `wire_tags`, and for pages.
constexpr std::array<std::string_view, 8> looked_up{"Sections", "SecFull",  "SecMin",     "RAMSecBlock",
                                                    "RAMPage",  "FullPage", "XBZRLEPage", "VMStateEntries"};

const ber::Type& contents_of(const ber::Schema& schema) {
  return ber::lookup::type(schema, ber::lookup::type(schema, "SecFull"), "contents");
}

/// Every tag that begins a value of the alternative. What only asn1c can read has none that is known.
Status add_tags(const ber::Schema& schema, const ber::Member& alternative, const ber::Member& member,
                std::vector<AddedAlternative>& to) {
  if (member.tagged) {
    to.push_back({member.tag, &alternative});
    return {};
  }
  const ber::Type& type = schema.type(member);
  if (type.kind != ber::Kind::choice)
    return Error{Errc::unsupported, 0, std::string(alternative.name), "a tag", "none", schema.fingerprint};
  for (const ber::Member& inner : type.members)
    if (auto status = add_tags(schema, alternative, inner, to); !status) return status;
  return {};
}

const ber::Member* find(std::span<const AddedAlternative> all, ber::Tag tag) {
  const auto found = std::ranges::find(all, tag, &AddedAlternative::tag);
  return found == all.end() ? nullptr : found->member;
}

/// The alternatives of `choice` that `base` has not. A tag tells which alternative a value is of, so that two
/// with the same one are refused.
Result<std::vector<AddedAlternative>> added(const ber::Schema& schema, const ber::Type& choice,
                                            const ber::Type& base) {
  std::vector<AddedAlternative> all;
  for (const ber::Member& alternative : choice.members)
    if (auto status = add_tags(schema, alternative, alternative, all); !status)
      return std::move(status.error());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (find(std::span(all).first(i), all[i].tag) != nullptr)
      return Error{Errc::unsupported,
                   0,
                   std::string(all[i].member->name),
                   "a tag that no other alternative has",
                   ber::to_string(all[i].tag),
                   schema.fingerprint};
  std::erase_if(all, [&](const AddedAlternative& each) {
    return std::ranges::find(base.members, each.member->name, &ber::Member::name) != base.members.end();
  });
  return all;
}

const ber::Member* find(std::span<const AddedAlternative> all, std::string_view name) {
  for (const AddedAlternative& each : all)
    if (each.member->name == name) return each.member;
  return nullptr;
}

}  // namespace

WireFormat::WireFormat(const ber::Schema& schema)
    : schema_(&schema),
      tags_(wire_tags(schema)),
      pages_(schema),
      full_type_(member_type(schema, ber::lookup::member(ber::lookup::type(schema, "Sections"), "full"))),
      block_name_type_(
          member_type(schema, ber::lookup::member(ber::lookup::type(schema, "RAMSecBlock"), "name"))),
      blob_tag_(ber::lookup::member(contents_of(schema), "oldblob").tag) {}

const WireFormat& WireFormat::own() {
  static const WireFormat own(generated::schema);
  return own;
}

bool WireFormat::is_own() const noexcept { return schema_ == &generated::schema; }

Result<WireFormat> WireFormat::of(const ber::Schema& schema) {
  const ber::Schema& base = generated::schema;
  if (const auto extends = ber::extends(base, schema, "QemuFile", "SecFull", looked_up); !extends)
    return extends.error();
  WireFormat format(schema);
  format.has_own_tags_ = format.full_type_.tag == own().full_type_.tag &&
                         ber::extends(base, schema, "SecFull", "SecFull")->has_same_tags;
  auto sections = added(schema, *schema.find("Sections"), *base.find("Sections"));
  if (!sections) return std::move(sections.error()).within("Sections.");
  auto states = added(schema, contents_of(schema), contents_of(base));
  if (!states) return std::move(states.error()).within("SecFull.contents.");
  format.sections_ = std::move(*sections);
  format.states_ = std::move(*states);
  return format;
}

const ber::Member* WireFormat::section(ber::Tag tag) const noexcept { return find(sections_, tag); }
const ber::Member* WireFormat::section(std::string_view name) const noexcept { return find(sections_, name); }
const ber::Member* WireFormat::state(ber::Tag tag) const noexcept { return find(states_, tag); }
const ber::Member* WireFormat::state(std::string_view name) const noexcept { return find(states_, name); }

}  // namespace qember::qber
