// SPDX-License-Identifier: LGPL-2.1-or-later
#include "show_state_tree.hpp"

#include <qember/advanced/device/meaning.hpp>
#include <qember/advanced/device/value_text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::cli {
namespace {

using device::Field;
using device::StateGroup;
using device::Structure;

constexpr std::size_t widest_name = 32;
constexpr std::size_t widest_type = 20;
constexpr std::size_t least_row = 40;
constexpr std::size_t offset_columns = 9;
/// Bytes of text that wait for what follows, for the alike to be folded.
constexpr std::size_t most_held = std::size_t{1} << 20U;

std::size_t padding(std::string_view text, std::size_t width) {
  return width - std::min(width, columns(text));
}

/// The last column may have been padded for one that did not follow.
std::string_view trimmed(std::string_view text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

std::string range_text(std::uint64_t first, std::uint64_t count) {
  return count == 1 ? fmt::format("[{}]", first) : fmt::format("[{}..{}]", first, first + count - 1);
}

bool is_elements(const StateGroup& group) { return group.kind == StateGroup::Kind::elements; }
/// One of several structures that the field may be.
bool is_choice(const StateGroup& group) {
  return group.structure != nullptr && group.field != nullptr && group.field->part != nullptr &&
         group.field->groups.size() > 1;
}

}  // namespace

StateTree::StateTree(Write write, const Style& style, bool offsets, std::string selected)
    : NamedStateSink(std::move(selected)), write_(std::move(write)), style_(style), offsets_(offsets) {}

void StateTree::print(const device::Device& device, ByteView body) {
  levels_.assign(1, level_of({StateGroup::Kind::structure, nullptr, &device.state}, 1));
  // The caller knows that the body fits.
  static_cast<void>(read(device, body).ok());
  write_before(levels_.back());
}

StateTree::Level StateTree::level_of(const StateGroup& group, std::size_t indent) const {
  Level level;
  level.group = group;
  level.indent = indent;
  if (group.structure == nullptr) return level;
  for (const Field& field : group.structure->fields) {
    level.name_width = std::max(level.name_width, columns(printable(field.name)));
    level.type_width = std::max(level.type_width, columns(type_text(field)));
  }
  level.name_width = std::min(level.name_width, widest_name);
  level.type_width = std::min(level.type_width, widest_type);
  return level;
}

void StateTree::emit(std::string_view text) {
  const auto holder = std::ranges::find_if(levels_.rbegin(), levels_.rend(), &Level::holding);
  if (holder == levels_.rend()) return write_(text);
  holder->element += text;
  held_ += text.size();
  if (held_ > most_held) stop_holding();
}

void StateTree::line(std::uint64_t at, std::size_t indent, std::string_view text) {
  const std::string place =
      offsets_
          ? style_.paint(Paint::dim, fmt::format("{:>{}} ", fmt::format("+{:x}", at), offset_columns - 1))
          : "";
  emit(fmt::format("{}{:{}}{}\n", place, "", 2 * indent, trimmed(text)));
}

std::string StateTree::columns_of(const Level& level, std::string_view name, std::string_view type) const {
  const std::string shown = printable(name);
  return fmt::format("{}{:{}}  {}{:{}}", style_.paint(Paint::cyan, shown), "",
                     padding(shown, level.name_width), style_.paint(Paint::dim, type), "",
                     padding(type, level.type_width));
}

std::string StateTree::type_of(const Field* field) const {
  if (field == nullptr) return "subsection";
  const bool is_element = is_root() && index();
  return is_element ? element_type(*field) : type_text(*field);
}

void StateTree::value(const Field& field, const device::StateValue& value) {
  Level& around = levels_.back();
  if (is_elements(around.group)) return add(around, short_text(field, value));
  write_before(around);
  line(at(), around.indent, columns_of(around, label(), type_of(&field)) + "  " + value_text(field, value));
}

void StateTree::enter(const StateGroup& group) {
  Level& around = levels_.back();
  Level level = level_of(group, around.indent + 1);
  const std::string type = is_choice(group) ? printable(group.structure->name) : type_of(group.field);
  const bool is_neighbour = group.kind == StateGroup::Kind::structure && index() && !is_root();
  level.at = at();
  level.folds = is_elements(around.group) || is_neighbour;
  if (is_elements(around.group)) {
    begin_element(around, "", is_choice(group) ? type : "");
  } else if (is_neighbour) {
    begin_element(around, group.field->name, type);
  } else {
    write_before(around);
    level.head = columns_of(around, label(), type);
    level.head_width = std::max(columns(printable(label())), around.name_width) + 2 +
                       std::max(columns(type), around.type_width);
    if (group.structure != nullptr) line(at(), around.indent, level.head);
  }
  levels_.push_back(std::move(level));
}

void StateTree::leave(const StateGroup&) {
  Level& level = levels_.back();
  end_row(level);
  write_before(level);
  if (is_elements(level.group) && !level.head.empty())
    line(level.at, level.indent - 1, level.head + "  empty");
  const bool folds = level.folds;
  levels_.pop_back();
  if (folds) end_element(levels_.back());
}

void StateTree::rest_is_zero(const Field& field, std::uint64_t count) {
  Level& array = levels_.back();
  if (field.kind != device::FieldKind::structure) return add(array, "0", count);
  begin_elements(array);
  write_before(array);
  const std::string range = style_.paint(Paint::dim, range_text(index().value_or(0), count));
  line(at(), array.indent, range + "  all zero");
}

// Elements that hold values themselves, and neighbours of one name that do.

/// Writes the array's own line, once.
void StateTree::begin_elements(Level& array) {
  if (array.head.empty()) return;
  line(array.at, array.indent - 1, array.head);
  array.head.clear();
}

void StateTree::begin_element(Level& array, std::string_view name, std::string_view type) {
  if (is_elements(array.group))
    begin_elements(array);
  else if (array.name != name)
    write_before(array);
  array.name = name;
  array.type = type;
  array.current = index().value_or(0);
  array.current_at = at();
  array.element.clear();
  array.holding = true;
}

void StateTree::end_element(Level& array) {
  if (!array.holding) return;  // it went out as it came
  array.holding = false;
  held_ -= array.element.size();
  if (array.count != 0 && array.element == array.before && array.type == array.before_type) {
    ++array.count;
    return;
  }
  write_before(array);
  array.before = std::move(array.element);
  array.before_type = array.type;
  array.first = array.current;
  array.first_at = array.current_at;
  array.count = 1;
}

void StateTree::write_before(Level& array) {
  if (array.count == 0) return;
  line(array.first_at, array.indent, element_head(array, array.before_type, array.first, array.count));
  emit(array.before);
  array.before.clear();
  array.count = 0;
}

std::string StateTree::element_head(const Level& array, std::string_view type, std::uint64_t first,
                                    std::uint64_t count) const {
  const bool is_by_place = is_elements(array.group) && device::is_by_place(*array.group.field);
  const std::string range = is_by_place ? fmt::format("[{:#x}]", first) : range_text(first, count);
  const std::string kind = type.empty() ? "" : fmt::format("  {}", type);
  return is_elements(array.group) ? style_.paint(Paint::dim, range + kind)
                                  : columns_of(array, array.name + range, type);
}

void StateTree::stop_holding() {
  held_ = 0;
  std::vector<Level*> holders;
  for (Level& level : levels_)
    if (std::exchange(level.holding, false)) holders.push_back(&level);
  for (Level* const level : holders) {
    write_before(*level);
    line(level->current_at, level->indent, element_head(*level, level->type, level->current, 1));
    emit(std::exchange(level->element, {}));
  }
}

// Rows.

void StateTree::add(Level& array, std::string token, std::uint64_t count) {
  Row& row = array.row;
  if (row.count != 0 && row.token == token) {
    row.count += count;
    return;
  }
  put_token(array);
  row.token = std::move(token);
  row.token_first = index().value_or(0);
  row.token_at = at();
  row.count = count;
}

void StateTree::put_token(Level& array) {
  Row& row = array.row;
  if (row.count == 0) return;
  const std::string token = device::run_text(row.token, row.count);
  const std::size_t used =
      2 * array.indent + (offsets_ ? offset_columns : 0) + range_text(row.token_first, 1).size() + 4;
  const std::size_t room = style_.width() > used + least_row ? style_.width() - used : least_row;
  if (!row.text.empty() && columns(row.text) + 2 + columns(token) > room) write_row(array);
  if (row.text.empty()) {
    row.first = row.token_first;
    row.at = row.token_at;
  } else {
    row.text += "  ";
  }
  row.text += token;
  row.count = 0;
}

void StateTree::write_row(Level& array) {
  begin_elements(array);
  Row& row = array.row;
  line(row.at, array.indent, style_.paint(Paint::dim, range_text(row.first, 1)) + "  " + row.text);
  row.text.clear();
}

void StateTree::end_row(Level& array) {
  put_token(array);
  if (array.row.text.empty()) return;
  const std::size_t used = array.head_width + 2 * array.indent + (offsets_ ? offset_columns : 0);
  if (array.head.empty() || used + columns(array.row.text) > style_.width()) return write_row(array);
  line(array.at, array.indent - 1, array.head + "  " + array.row.text);
  array.head.clear();
  array.row.text.clear();
}

// Names without values.

void StateTree::print_names(const Structure& structure) { names(structure, 1); }

void StateTree::names(const Structure& structure, std::size_t indent) {
  const Level level = level_of({StateGroup::Kind::structure, nullptr, &structure}, indent);
  for (const Field& field : structure.fields) {
    emit(fmt::format("{:{}}{}\n", "", 2 * indent, trimmed(columns_of(level, field.name, type_text(field)))));
    for (const Structure& group : field.groups) names(group, indent + 1);
  }
  for (const Structure& subsection : structure.subsections) {
    emit(fmt::format("{:{}}{}\n", "", 2 * indent, trimmed(columns_of(level, subsection.name, "subsection"))));
    names(subsection, indent + 1);
  }
}

}  // namespace qember::cli
