// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes from the body of a section, and what comes in its place.
#include "added_fields.hpp"
#include "device_edits.hpp"
#include "refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {

Status DeviceEdits::find_cut(const device::Device& device, std::string_view name, ByteView body, Cut& cut,
                             std::vector<Splice>& all) {
  SubsectionPlaces found(name);
  if (auto status = found.read(device, body); !status) return status;
  for (const SubsectionPlace& each : found.places()) {
    if (each.buffer != nullptr && each.buffer->array_len)
      return refuse_edit("drop-subsection", "a subsection that is not in an array of buffers",
                         std::string(name));
    all.push_back({each.at, each.size, {}, each.structure, each.buffer});
    cut.is_done = true;
  }
  return {};
}

Status DeviceEdits::find_place(const device::Device& device, std::string_view field, ByteView body,
                               Addition& addition, std::vector<Splice>& all, DescriptionChanges& changes) {
  const KnownAddition* const known = find_addition(device.name, field);
  if (known == nullptr) return {};
  const auto& fields = device.state.fields;
  const auto before = std::ranges::find(fields.rbegin(), fields.rend(), known->before, &device::Field::name);
  if (std::ranges::find(fields, field, &device::Field::name) != fields.end())
    return refuse_edit("add-default", "a field that the stream does not have", addition.edit->field);
  FieldPlaces found{std::string(known->before), limits_.max_compared};
  if (auto status = found.read(device, body); !status) return status;
  if (before == fields.rend() || found.places().empty() || found.is_beyond() || found.is_folded()) return {};
  const FieldPlace& last = found.places().back();
  if (has_splice(all, last.at + last.size, 0))
    return refuse_edit("add-default", "one such edit of a field", addition.edit->field);
  all.push_back({last.at + last.size, 0, Bytes(known->field.size)});
  changes.added[&*before] = known->field;
  addition.is_done = true;
  return {};
}

namespace {

constexpr std::size_t vector_size = 16;
constexpr std::size_t user_size = 2;
constexpr std::uint16_t no_vector = 0xffff;

/// Of so many bytes of vectors with their pending bits.
std::size_t vectors_in(std::size_t size) { return size * 8 / (vector_size * 8 + 1); }

/// The table with so many vectors.
Bytes make_table(ByteView before, std::size_t count) {
  const std::size_t had = vectors_in(before.size());
  const std::size_t kept = std::min(had, count);
  Bytes table(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(kept * vector_size));
  table.resize(count * vector_size + (count + 7) / 8);
  constexpr std::size_t control = 12;
  for (std::size_t i = kept; i < count; ++i) table[i * vector_size + control] = 1;
  for (std::size_t i = 0; i < kept; ++i)
    table[count * vector_size + i / 8] |= before[had * vector_size + i / 8] & (1U << i % 8);
  return table;
}

}  // namespace

Status DeviceEdits::find_vectors(const device::Device& device, ByteView body, Vectors& vectors,
                                 std::vector<Splice>& all) {
  VectorPlaces found;
  if (auto status = found.read(device, body); !status) return status;
  if (found.buffer == nullptr) return {};
  if (has_splice(all, found.table, found.table_size))
    return refuse_edit("vectors", "one such edit of a device", vectors.edit->device);
  const std::size_t count = vectors.edit->count;
  for (const std::size_t at : found.users) {
    const std::uint16_t used = found.has_vectors() ? load_be<std::uint16_t>(body.data() + at) : no_vector;
    if (used != no_vector && used >= count)
      return refuse_edit("vectors", "vectors that nothing uses to go", fmt::format("{} in use", used));
  }
  const ByteView before = body.subspan(found.table, found.table_size);
  all.push_back(
      {found.table, before.size(), count == 0 ? Bytes() : make_table(before, count), nullptr, found.buffer});
  for (const std::size_t at : found.users) {
    if (found.has_vectors() && count == 0) all.push_back({at, user_size, {}, nullptr, found.buffer});
    if (!found.has_vectors() && count != 0)
      all.push_back({at, 0, Bytes(user_size, std::uint8_t{0xff}), nullptr, found.buffer});
  }
  vectors.is_done = true;
  return {};
}

Status DeviceEdits::find_requests(const device::Device& device, ByteView body, Mending& mending,
                                  std::vector<Splice>& all) {
  RequestPlaces found;
  if (auto status = found.read(device, body); !status) return status;
  if (!found.requests().empty() && has_splice(all, found.requests()[0].number, RequestPlaces::number_size))
    return refuse_edit("mend-requests", "one such edit of a device", mending.edit->device);
  for (const RequestPlaces::Request& each : found.requests()) {
    const ByteView number = body.subspan(each.number, RequestPlaces::number_size);
    all.push_back({each.number, number.size()});
    all.push_back({each.end, 0, Bytes(number.begin(), number.end())});
    mending.is_done = true;
  }
  return {};
}

/// Whether one of them takes or replaces some of those bytes; where there are none, whether one adds bytes at
/// that place.
bool DeviceEdits::has_splice(const std::vector<Splice>& all, std::size_t at, std::size_t size) {
  return std::ranges::any_of(all, [at, size](const Splice& each) {
    if (each.size == 0 || size == 0) return each.at == at && each.size == size;
    return each.at < at + size && at < each.at + each.size;
  });
}

/// Of one within another, the outer one is done; what is added at its begin comes before it.
void DeviceEdits::splice(std::vector<Splice>& all, Bytes& body, DescriptionChanges& changes) {
  if (all.empty()) return;
  std::ranges::stable_sort(all, [](const Splice& a, const Splice& b) {
    if (a.at != b.at) return a.at < b.at;
    return (a.size == 0) != (b.size == 0) ? a.size == 0 : a.size > b.size;
  });
  Bytes left;
  std::size_t end = 0;
  for (const Splice& each : all) {
    if (each.at < end) continue;
    left.insert(left.end(), body.begin() + static_cast<std::ptrdiff_t>(end),
                body.begin() + static_cast<std::ptrdiff_t>(each.at));
    left.insert(left.end(), each.bytes.begin(), each.bytes.end());
    end = each.at + each.size;
    if (each.cut != nullptr && each.buffer == nullptr) changes.cut[each.cut] = each.size;
    if (each.buffer != nullptr)
      changes.resized.try_emplace(each.buffer, each.buffer->size).first->second +=
          each.bytes.size() - each.size;
  }
  left.insert(left.end(), body.begin() + static_cast<std::ptrdiff_t>(end), body.end());
  body = std::move(left);
}

}  // namespace qember::vm
