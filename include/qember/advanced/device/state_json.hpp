// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state in JSON, piece by piece: it may be large. Names are as `printable` makes them.
#pragma once

#include <qember/advanced/device/named_state.hpp>

#include <functional>

namespace qember::device {

using WriteText = std::function<void(std::string_view text)>;

/// The fields' names and types alone, as an array.
void write_names_json(const Structure& structure, const WriteText& write);

/// Writes the items of `"fields": [`...`]`, value by value: a device's state may be large.
class StateJson final : public NamedStateSink {
 public:
  /// `offsets`: where each is in the body. `selected`: see `NamedStateSink`.
  StateJson(WriteText write, bool offsets, std::string selected)
      : NamedStateSink(std::move(selected)), write_(std::move(write)), offsets_(offsets) {}

 private:
  void value(const Field& field, const StateValue& value) override;
  void enter(const StateGroup& group) override;
  void rest_is_zero(const Field& field, std::uint64_t count) override;
  void leave(const StateGroup& group) override;

  /// `{` and what tells which field it is: an element of an array needs nothing.
  void begin_item(const Field* field);
  /// A member of the current item.
  void put(std::string_view member);

  WriteText write_;
  bool offsets_;
  bool comma_ = false;
  bool first_ = true;
  std::vector<bool> elements_;  ///< of each group that is open, whether it is an array
};

}  // namespace qember::device
