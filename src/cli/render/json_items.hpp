// SPDX-License-Identifier: LGPL-2.1-or-later
/// Parts of a JSON object that is written member by member.
#pragma once

#include "../output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace qember::cli {

/// With what is not ASCII escaped: names need not be UTF-8, nor what a terminal should get.
inline std::string text_of(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

/// One of the members that may have many items: these are written one by one.
class JsonItems {
 public:
  JsonItems(Lines& out, std::string_view name) : out_(out) {
    out_.write(fmt::format(",\n  \"{}\": [", name));
  }
  ~JsonItems() { out_.write(any_ ? "\n  ]" : "]"); }
  JsonItems(const JsonItems&) = delete;
  JsonItems& operator=(const JsonItems&) = delete;
  void add(const nlohmann::ordered_json& item) {
    out_.write(fmt::format("{}\n    {}", std::exchange(any_, true) ? "," : "", text_of(item, -1)));
  }

 private:
  Lines& out_;
  bool any_ = false;
};

}  // namespace qember::cli
