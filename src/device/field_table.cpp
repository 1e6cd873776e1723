// SPDX-License-Identifier: LGPL-2.1-or-later
#include "field_table.hpp"

#include <qember/advanced/core/digest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace qember::device {
namespace {

std::uint64_t seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

bool is_number(const Field& field) {
  return field.kind != FieldKind::structure && field.kind != FieldKind::list;
}

}  // namespace

/// Makes a field of each value, and one of all elements of an array of numbers.
class FieldCollector final : public NamedStateSink {
 public:
  FieldCollector(FieldTable& table, ByteView body, FieldRoom& room)
      : table_(table), body_(body), room_(room) {}

  bool is_full() const { return full_; }

 private:
  struct Group {
    bool is_array = false;  ///< whose elements are one field
    std::string path{};
    std::uint64_t begin = 0;
    std::uint64_t count = 0;
    bool has_groups = false;
  };

  void value(const Field& field, const StateValue& value) override {
    if (!groups_.empty() && groups_.back().is_array) {
      ++groups_.back().count;
      return;
    }
    const auto* const bytes = std::get_if<ByteView>(&value);
    const std::uint64_t size = bytes != nullptr                  ? bytes->size()
                               : field.kind == FieldKind::bitmap ? sizeof(std::uint64_t)
                                                                 : field.size;
    add({{}, &field, body_.subspan(at(), size), at()}, path());
  }
  void enter(const StateGroup& group) override {
    const bool in_elements = !groups_.empty() && groups_.back().is_array;
    if (in_elements) groups_.back().has_groups = true;
    Group& entered = groups_.emplace_back();
    if (group.kind != StateGroup::Kind::elements || !is_number(*group.field)) return;
    // Of an array that goes on in its neighbours each element is a field.
    if (!in_elements && group.field->array_len && index()) return;
    entered = {true, std::string(path()), at(), 0, false};
  }
  /// Each element is to be had.
  bool wants_zeros(const Field&) override { return true; }
  void leave(const StateGroup& group) override {
    const Group left = std::move(groups_.back());
    groups_.pop_back();
    if (!left.is_array || left.has_groups) return;
    add({{}, group.field, body_.subspan(left.begin, at() - left.begin), left.begin, left.count}, left.path);
  }

  void add(SavedField field, std::string_view path) {
    const std::size_t cost = sizeof(SavedField) + 5 * sizeof(std::uint32_t) + path.size();
    full_ |= cost > room_.bytes;
    if (full_) return;
    room_.bytes -= cost;
    table_.add(field, path);
  }

  FieldTable& table_;
  ByteView body_;
  FieldRoom& room_;
  std::vector<Group> groups_;
  bool full_ = false;
};

Result<FieldTable> FieldTable::make(const Device& device, ByteView body, FieldRoom& room) {
  FieldTable table;
  const std::size_t before = room.bytes;
  FieldCollector collector(table, body, room);
  auto status = collector.read(device, body);
  if (status && collector.is_full())
    status =
        Error{Errc::limit, 0, {}, fmt::format("max_compared: at most {} values by name", room.most), "more"};
  if (!status) {
    room.bytes = before;
    return std::move(status.error());
  }
  table.index();
  return table;
}

void FieldTable::add(SavedField field, std::string_view path) {
  field.path = keep(path);
  fields_.push_back(field);
}

std::string_view FieldTable::keep(std::string_view path) {
  constexpr std::size_t piece = 16384;
  if (paths_.empty() || paths_.back().capacity() - paths_.back().size() < path.size())
    paths_.emplace_back().reserve(std::max(piece, path.size()));
  std::string& to = paths_.back();
  to += path;
  return std::string_view(to).substr(to.size() - path.size());
}

/// The slot of the field with that path, or the free one where it would be.
std::size_t FieldTable::slot_of(std::string_view path) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = short_digest(as_bytes(path), seed()) & mask;
  while (slots_[slot] != 0 && fields_[slots_[slot] - 1].path != path) slot = (slot + 1) & mask;
  return slot;
}

void FieldTable::index() {
  slots_.assign(std::bit_ceil(2 * fields_.size() + 1), 0);
  for (std::uint32_t i = 0; i < fields_.size(); ++i) {
    std::uint32_t& slot = slots_[slot_of(fields_[i].path)];
    if (slot == 0)
      slot = i + 1;
    else if (twice_.empty() || twice_.back() != slot - 1)
      twice_.push_back(slot - 1);
  }
  std::ranges::sort(twice_);
}

const SavedField* FieldTable::find(std::string_view path) const {
  const std::uint32_t slot = slots_[slot_of(path)];
  return slot == 0 ? nullptr : &fields_[slot - 1];
}

bool FieldTable::is_ambiguous(const SavedField& field) const {
  return std::ranges::binary_search(twice_, static_cast<std::uint32_t>(&field - fields_.data()));
}

}  // namespace qember::device
