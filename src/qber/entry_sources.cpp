// SPDX-License-Identifier: LGPL-2.1-or-later
#include "entry_sources.hpp"

#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/writer.hpp>

#include "../qber/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::qber {
namespace {

using ber::header_at;
using ber::is_end_of_contents;
using ber::tlv_size;
using Which = asn1::VMStateEntries::Which;
using Kind = device::StateSource::Kind;

bool starts_with(ByteView bytes, const ber::Identifier& identifier) {
  return bytes.size() >= identifier.size &&
         std::equal(identifier.bytes.begin(), identifier.bytes.begin() + identifier.size, bytes.begin());
}

constexpr std::size_t contents_of_section = 4;
constexpr std::size_t contents_of_subsection = 2;

std::string_view alternative(Which which) {
  switch (which) {
    case Which::array: return "array";
    case Which::bool_: return "bool";
    case Which::int_: return "int";
    case Which::oldblob: return "oldblob";
    case Which::subsecl: return "subsecl";
    default: return {};
  }
}

/// The bytes of a string, its segments joined in `scratch` where it has any (X.690 8.7.3).
ByteView string_bytes(ByteView tlv, Bytes& scratch) {
  const ber::Header header = header_at(tlv);
  if (!header.constructed) return tlv.subspan(header.size, header.length);
  for (std::size_t at = header.size; at < tlv.size() && !is_end_of_contents(tlv.subspan(at));) {
    const ByteView segment = tlv.subspan(at, tlv_size(tlv.subspan(at)));
    Bytes inner;
    const ByteView bytes = string_bytes(segment, inner);
    scratch.insert(scratch.end(), bytes.begin(), bytes.end());
    at += segment.size();
  }
  return scratch;
}

}  // namespace

Kind TreeSource::peek() {
  const Level& level = levels_.back();
  if (level.next >= level.list.size()) return Kind::end;
  switch (level.list[level.next].which()) {
    case Which::array: return Kind::array;
    case Which::bool_: return Kind::boolean;
    case Which::int_: return Kind::integer;
    case Which::oldblob: return Kind::blob;
    case Which::subsecl: return Kind::subsections;
    default: return Kind::end;
  }
}

asn1::VMStateEntries TreeSource::take() {
  Level& level = levels_.back();
  return level.list[level.next++];
}

bool TreeSource::enter_subsection(std::string_view& name, Integer& version) {
  SubSectionLevel& level = subsections_.back();
  if (level.next >= level.list.size()) return false;
  const auto subsection = level.list[level.next];
  name = subsection.name();
  version = subsection.versionid();
  levels_.push_back({subsection.contents(), 0, level.next++});
  return true;
}

/// The tree does not know where it came from: the path leads there through the bytes.
Error TreeSource::refuse(std::size_t back, std::string expected, std::string found) const {
  std::string path = path_ + ".contents.vmstate.vmstateentries";
  std::size_t at = ber::component_at(encoded_, contents_of_section);
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Level& level = levels_[i];
    if (level.subsection) {
      path += fmt::format("[{}].contents", *level.subsection);
      at += ber::component_at(encoded_.subspan(at), *level.subsection);
      at += ber::component_at(encoded_.subspan(at), contents_of_subsection);
    }
    // An inner level was entered through the value before `next`.
    const bool innermost = i + 1 == levels_.size();
    const std::size_t index = innermost ? level.next - std::min(back, level.next) : level.next - 1;
    const std::size_t clamped = std::min(index, level.list.size());
    at += ber::component_at(encoded_.subspan(at), clamped);
    path += fmt::format("[{}]", index);
    if (clamped < level.list.size()) path += fmt::format(".{}", alternative(level.list[clamped].which()));
  }
  return {Errc::description_mismatch, offset_ + at, std::move(path), std::move(expected), std::move(found)};
}

BytesSource::BytesSource(ByteView encoded, std::uint64_t offset, std::string path)
    : encoded_(encoded), offset_(offset), path_(std::move(path)) {
  at_ = ber::component_at(encoded, contents_of_section);
  enter("contents.vmstate.vmstateentries");
}

ber::Header BytesSource::header() const { return header_at(encoded_.subspan(at_)); }

bool BytesSource::at_end() const {
  const Level& level = levels_.back();
  return level.indefinite ? is_end_of_contents(encoded_.subspan(at_)) : at_ == level.end;
}

Kind BytesSource::peek() {
  if (at_end()) return Kind::end;
  const ByteView rest = encoded_.subspan(at_);
  if (starts_with(rest, own_tags.integer)) return Kind::integer;
  if (starts_with(rest, own_tags.boolean)) return Kind::boolean;
  if (starts_with(rest, own_tags.array)) return Kind::array;
  if (starts_with(rest, own_tags.subsections)) return Kind::subsections;
  return Kind::blob;
}

ByteView BytesSource::take() {
  const ByteView tlv = encoded_.subspan(at_, tlv_size(encoded_.subspan(at_)));
  last_ = at_;
  at_ += tlv.size();
  ++levels_.back().next;
  return tlv;
}

Integer BytesSource::integer() {
  const ByteView tlv = take();
  const ber::Header header = header_at(tlv);
  return ber::parse_integer(tlv.subspan(header.size, header.length)).value_or(Integer());
}

bool BytesSource::boolean() { return take().back() != 0; }

ByteView BytesSource::blob() {
  scratch_.clear();
  return string_bytes(take(), scratch_);
}

void BytesSource::enter(std::string_view alternative) {
  const ber::Header header = this->header();
  last_ = at_;
  if (!levels_.empty()) ++levels_.back().next;
  at_ += header.size;
  levels_.push_back({at_ + static_cast<std::size_t>(header.length), header.indefinite, 0, alternative});
}

void BytesSource::leave() {
  if (levels_.back().indefinite) at_ += 2;
  levels_.pop_back();
}

bool BytesSource::enter_subsection(std::string_view& name, Integer& version) {
  if (at_end()) return false;
  enter();
  const ByteView name_tlv = take();
  name = as_text(name_tlv.subspan(header_at(name_tlv).size));
  version = integer();
  enter("contents");
  return true;
}

void BytesSource::leave_subsection() {
  leave();
  leave();
}

Error BytesSource::refuse_next(std::string expected, std::string found) {
  return refuse(at_, 0, std::move(expected), std::move(found));
}
Error BytesSource::refuse_last(std::string expected, std::string found) {
  return refuse(last_, 1, std::move(expected), std::move(found));
}

Error BytesSource::refuse(std::size_t at, std::size_t back, std::string expected, std::string found) const {
  std::string path = path_;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::size_t next = levels_[i].next;
    path += fmt::format(".{}[{}]", levels_[i].alternative,
                        i + 1 == levels_.size() ? next - std::min(back, next) : next - 1);
  }
  return {Errc::description_mismatch, offset_ + at, std::move(path), std::move(expected), std::move(found)};
}

}  // namespace qember::qber
