// SPDX-License-Identifier: LGPL-2.1-or-later
/// The parts of a JSON text as they stand in it, so that what is not changed stays as it was. A text may give
/// a key of an object several times, which values in memory would not keep.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <optional>
#include <string>

namespace qember::vm {

/// Walks through the elements of an array, or the members of an object, in a text that is known to be JSON.
class JsonItems {
 public:
  struct Item {
    std::string_view key;     ///< of a member, as it is between its quotes; of an element nothing
    std::string_view before;  ///< what stands between the item before it and its value, comma and key and all
    std::string_view value;
  };

  explicit JsonItems(std::string_view group);
  /// Nothing where there is none left.
  std::optional<Item> next();
  /// What stands behind the last item: the bracket, and blanks before it.
  std::string_view rest() const noexcept { return rest_; }

 private:
  void skip_blanks() noexcept;
  std::string_view take_value() noexcept;

  std::string_view rest_;
  std::string_view left_;
  bool is_object_;
};

/// Puts items together again, some of which were left out.
class JsonGroup {
 public:
  explicit JsonGroup(std::string_view group) : text_(group.substr(0, 1)) {}

  void keep(const JsonItems::Item& item, std::string_view value);
  std::string finish(std::string_view rest) && { return std::move(text_.append(rest)); }

 private:
  std::string text_;
  bool has_items_ = false;
};

}  // namespace qember::vm
