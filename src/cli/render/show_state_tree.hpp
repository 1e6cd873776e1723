// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state as an indented tree, for people.
#pragma once

#include "style.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <functional>

namespace qember::cli {

/// Writes one line a value. Arrays of values become rows, in which `0 ×12` stands for twelve zeros;
/// neighbours among the elements of an array that would print alike are printed once.
class StateTree final : public device::NamedStateSink {
 public:
  using Write = std::function<void(std::string_view text)>;

  StateTree(Write write, const Style& style, bool offsets, std::string selected);

  void print(const device::Device& device, ByteView body);
  /// The fields' names and types alone, of a body that does not fit them.
  void print_names(const device::Structure& structure);

 private:
  /// A row of values, filled up to the width.
  struct Row {
    std::string text;
    std::uint64_t first = 0;  ///< index of its first value
    std::uint64_t at = 0;     ///< and that value's place
    std::string token;        ///< the last value, `count` times; not yet in the text
    std::uint64_t token_first = 0;
    std::uint64_t token_at = 0;
    std::uint64_t count = 0;
  };
  struct Level {
    device::StateGroup group;
    std::size_t indent = 0;
    std::size_t name_width = 0;
    std::size_t type_width = 0;
    bool folds = false;  ///< this is an element, or a neighbour of one with its name
    // Of an array.
    std::string head;  ///< its line, until that is written
    std::size_t head_width = 0;
    std::uint64_t at = 0;
    Row row;
    // Of an array of groups, or of neighbours that have one name.
    std::string name;     ///< of those neighbours
    std::string type;     ///< the same
    std::string element;  ///< the text of the element that is being printed
    std::string before;   ///< of the elements before it that are not yet written, all alike
    std::string before_type;
    std::uint64_t first = 0;
    std::uint64_t count = 0;    ///< of those
    std::uint64_t current = 0;  ///< index of the element
    std::uint64_t current_at = 0;
    std::uint64_t first_at = 0;
    bool holding = false;  ///< text goes to `element`
  };

  void value(const device::Field& field, const device::StateValue& value) override;
  void enter(const device::StateGroup& group) override;
  void leave(const device::StateGroup& group) override;
  void rest_is_zero(const device::Field& field, std::uint64_t count) override;

  Level level_of(const device::StateGroup& group, std::size_t indent) const;
  void emit(std::string_view text);
  void line(std::uint64_t at, std::size_t indent, std::string_view text);
  std::string type_of(const device::Field* field) const;
  std::string columns_of(const Level& level, std::string_view name, std::string_view type) const;
  void names(const device::Structure& structure, std::size_t indent);

  void begin_elements(Level& array);
  void begin_element(Level& array, std::string_view name, std::string_view type);
  void end_element(Level& array);
  void write_before(Level& array);
  std::string element_head(const Level& array, std::string_view type, std::uint64_t first,
                           std::uint64_t count) const;
  void stop_holding();

  void add(Level& array, std::string token, std::uint64_t count = 1);
  void put_token(Level& array);
  void write_row(Level& array);
  void end_row(Level& array);

  Write write_;
  Style style_;
  bool offsets_;
  std::vector<Level> levels_;
  std::size_t held_ = 0;
};

}  // namespace qember::cli
