// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/meaning.hpp>
#include <qember/advanced/device/named_state.hpp>

#include <fmt/format.h>

namespace qember::device {
namespace {

constexpr std::size_t bitmap_word = 8;
/// Type, length of the name, and version.
constexpr std::size_t subsection_header = 6;

/// Whether the neighbour in that direction has the same name.
bool continues(const Structure& structure, const Field& field, std::ptrdiff_t direction) {
  const std::ptrdiff_t at = &field - structure.fields.data() + direction;
  return at >= 0 && at < std::ssize(structure.fields) &&
         structure.fields[static_cast<std::size_t>(at)].name == field.name;
}

void append_index(std::string& path, std::uint64_t index) {
  const fmt::format_int digits(index);
  ((path += '[').append(digits.data(), digits.size())) += ']';
}

bool is_list(const StateGroup& group) {
  return group.kind == StateGroup::Kind::elements && group.field->kind == FieldKind::list;
}

}  // namespace

Status NamedStateSink::read(const Device& device, ByteView body) {
  path_.clear();
  at_ = 0;
  frames_.assign(1, Frame{{StateGroup::Kind::structure, nullptr, &device.state}, 0, 0, selected_.empty()});
  return read_state(device, body, *this);
}

bool NamedStateSink::selects() const {
  if (!std::string_view(path_).starts_with(selected_)) return false;
  return path_.size() == selected_.size() || path_[selected_.size()] == '.' || path_[selected_.size()] == '[';
}

void NamedStateSink::open(const Field& field) {
  Frame& around = frames_.back();
  path_.resize(around.path_size);
  index_.reset();
  if (around.group.kind != StateGroup::Kind::elements) return open_member(field);
  label_ = path_.size();
  if (is_by_place(*around.group.field)) {
    index_ = at_ - frames_[frames_.size() - 2].at;
    path_ += fmt::format("[{:#x}]", *index_);
    return;
  }
  index_ = around.next++;
  append_index(path_, *index_);
}

void NamedStateSink::open_member(const Field& field) {
  Frame& around = frames_.back();
  open_name(field.name);
  const bool follows = continues(*around.group.structure, field, -1);
  if (!follows) around.next = 0;
  if (!follows && !continues(*around.group.structure, field, 1)) return;
  index_ = around.next;
  around.next += field.array_len.value_or(1);
  if (!field.array_len) append_index(path_, *index_);
}

void NamedStateSink::open_name(std::string_view name) {
  if (!path_.empty()) path_ += '.';
  label_ = path_.size();
  path_ += name;
}

bool NamedStateSink::select() {
  const bool around = frames_.back().selected;
  is_root_ = !around && selects();
  if (is_root_) label_ = 0;
  return around || is_root_;
}

bool NamedStateSink::wants_zeros(const Field&) {
  const std::string_view path = std::string_view(path_).substr(0, frames_.back().path_size);
  return selected_.size() > path.size() && selected_.starts_with(path) && selected_[path.size()] == '[';
}

void NamedStateSink::zeros(const Field& field, std::uint64_t count) {
  path_.resize(frames_.back().path_size);
  index_ = frames_.back().next;
  if (frames_.back().selected) rest_is_zero(field, count);
}

void NamedStateSink::leaf(const Field& field, const StateValue& value, std::uint64_t size) {
  open(field);
  if (select()) this->value(field, value);
  at_ += size;
}

void NamedStateSink::integer(const Field& field, Integer value) {
  leaf(field, value, field.kind == FieldKind::bitmap ? bitmap_word : field.size);
}
void NamedStateSink::boolean(const Field& field, bool value) { leaf(field, value, 1); }
void NamedStateSink::blob(const Field& field, ByteView value) { leaf(field, value, value.size()); }

void NamedStateSink::open_group(StateGroup group, std::uint64_t first) {
  const bool selected = select();
  frames_.push_back({group, path_.size(), first, selected, at_});
  if (selected) enter(group);
}

void NamedStateSink::begin_array(const Field& field, const Structure* structure) {
  open(field);
  if (structure != nullptr) {
    if (field.kind == FieldKind::list) ++at_;  // the mark before each structure
    return open_group({StateGroup::Kind::structure, &field, structure}, 0);
  }
  const bool is_array = field.array_len && frames_.back().group.kind != StateGroup::Kind::elements;
  open_group({StateGroup::Kind::elements, &field, nullptr}, is_array ? index_.value_or(0) : 0);
}

void NamedStateSink::begin_subsection(const Structure& structure) {
  path_.resize(frames_.back().path_size);
  index_.reset();
  open_name(structure.name);
  open_group({StateGroup::Kind::subsection, nullptr, &structure}, 0);
  at_ += subsection_header + structure.name.size();
}

void NamedStateSink::close_group() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  path_.resize(frame.path_size);
  // An array of lists has no mark of its own: the lists in it have.
  const bool is_array = frame.group.field != nullptr && frame.group.field->array_len &&
                        frames_.back().group.kind != StateGroup::Kind::elements;
  if (is_list(frame.group) && !is_array) ++at_;
  if (frame.selected) leave(frame.group);
}

}  // namespace qember::device
