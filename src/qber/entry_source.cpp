// SPDX-License-Identifier: LGPL-2.1-or-later
#include "entry_source.hpp"

#include <qember/advanced/ber/tlv.hpp>
#include <qember/advanced/ber/writer.hpp>

#include "tags.hpp"

#include <fmt/format.h>

namespace qember::qber {
namespace {

using ber::header_at;
using ber::is_end_of_contents;
using ber::tlv_size;
using Kind = device::StateSource::Kind;

constexpr ber::Tag string_tag =
    ber::lookup::member(ber::lookup::type(generated::schema, "VMStateEntries"), "oldblob").tag;

/// Of a `VMStateEntries`.
Kind kind_of(ByteView value) {
  if (begins_with(value, own_tags.integer)) return Kind::integer;
  if (begins_with(value, own_tags.boolean)) return Kind::boolean;
  if (begins_with(value, own_tags.array)) return Kind::array;
  if (begins_with(value, own_tags.subsections)) return Kind::subsections;
  // A string may be constructed.
  return header_at(value).tag == string_tag ? Kind::blob : Kind::other;
}

/// What the schema calls that alternative; empty for one that is added to it.
std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::integer: return "int";
    case Kind::boolean: return "bool";
    case Kind::array: return "array";
    case Kind::subsections: return "subsecl";
    case Kind::blob: return "oldblob";
    default: return {};
  }
}

constexpr std::size_t contents_of_section = 4;

}  // namespace

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

EntrySource::EntrySource(ByteView encoded, std::uint64_t offset, std::string path)
    : encoded_(encoded), offset_(offset), path_(std::move(path)) {
  at_ = ber::component_at(encoded, contents_of_section);
  enter("contents.vmstate.vmstateentries");
}

ber::Header EntrySource::header() const { return header_at(encoded_.subspan(at_)); }

bool EntrySource::at_end() const {
  const Level& level = levels_.back();
  return level.indefinite ? is_end_of_contents(encoded_.subspan(at_)) : at_ == level.end;
}

Kind EntrySource::peek() { return at_end() ? Kind::end : kind_of(encoded_.subspan(at_)); }

void EntrySource::count() {
  levels_.back().last = at_;
  ++levels_.back().next;
}

ByteView EntrySource::take() {
  const ByteView tlv = encoded_.subspan(at_, tlv_size(encoded_.subspan(at_)));
  count();
  at_ += tlv.size();
  return tlv;
}

Integer EntrySource::integer() {
  const ByteView tlv = take();
  const ber::Header header = header_at(tlv);
  return ber::parse_integer(tlv.subspan(header.size, header.length)).value_or(Integer());
}

bool EntrySource::boolean() { return take().back() != 0; }

ByteView EntrySource::blob() {
  scratch_.clear();
  return string_bytes(take(), scratch_);
}

void EntrySource::enter(std::string_view name) {
  const ber::Header header = this->header();
  if (!levels_.empty()) count();
  at_ += header.size;
  levels_.push_back({at_ + static_cast<std::size_t>(header.length), header.indefinite, name});
}

void EntrySource::leave() {
  if (levels_.back().indefinite) at_ += 2;
  levels_.pop_back();
}

bool EntrySource::enter_subsection(std::string_view& name, Integer& version) {
  if (at_end()) return false;
  enter({});
  const ByteView name_tlv = take();
  name = as_text(name_tlv.subspan(header_at(name_tlv).size));
  version = integer();
  enter("contents");
  return true;
}

void EntrySource::leave_subsection() {
  leave();
  leave();
}

Error EntrySource::refuse_next(std::string expected, std::string found) {
  return refuse(at_, levels_.back().next, std::move(expected), std::move(found));
}

Error EntrySource::refuse_last(std::string expected, std::string found) {
  const Level& level = levels_.back();
  return level.next == 0 ? refuse_next(std::move(expected), std::move(found))
                         : refuse(level.last, level.next - 1, std::move(expected), std::move(found));
}

/// `at`, `index`: of a value in the innermost level.
Error EntrySource::refuse(std::size_t at, std::size_t index, std::string expected, std::string found) const {
  std::string path = path_;
  for (const Level& level : levels_) {
    // An inner level was entered through the value before `next`.
    const bool innermost = &level == &levels_.back();
    if (!level.name.empty()) path += fmt::format(".{}[{}]", level.name, innermost ? index : level.next - 1);
  }
  const bool is_value = at != at_ || !at_end();
  const std::string_view alternative = is_value ? name_of(kind_of(encoded_.subspan(at))) : std::string_view();
  if (!alternative.empty()) path += fmt::format(".{}", alternative);
  return {Errc::description_mismatch, offset_ + at, std::move(path), std::move(expected), std::move(found)};
}

}  // namespace qember::qber
