// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json_text.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Behind the text that begins `json` with its quote.
std::size_t end_of_text(std::string_view json) noexcept {
  for (std::size_t at = 1; at < json.size(); ++at) {
    if (json[at] == '"') return at + 1;
    if (json[at] == '\\') ++at;
  }
  return json.size();
}

/// Behind the array or object that begins `json`: brackets are counted, so that depth takes no memory.
std::size_t end_of_group(std::string_view json) noexcept {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      at += end_of_text(json.substr(at)) - 1;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return at + 1;
    }
  }
  return json.size();
}

std::size_t end_of_value(std::string_view json) noexcept {
  if (json.empty()) return 0;
  if (json.front() == '"') return end_of_text(json);
  if (json.front() == '[' || json.front() == '{') return end_of_group(json);
  return std::min(json.find_first_of(",]} \t\r\n"), json.size());
}

std::string_view unquoted(std::string_view text) noexcept {
  return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

}  // namespace

JsonItems::JsonItems(std::string_view group)
    : rest_(group.substr(std::min<std::size_t>(group.size(), 1))),
      left_(rest_),
      is_object_(group.starts_with('{')) {}

void JsonItems::skip_blanks() noexcept {
  left_.remove_prefix(std::min(left_.find_first_not_of(blanks), left_.size()));
}

std::string_view JsonItems::take_value() noexcept {
  const std::string_view value = left_.substr(0, end_of_value(left_));
  left_.remove_prefix(value.size());
  return value;
}

std::optional<JsonItems::Item> JsonItems::next() {
  const char* const begin = rest_.data();
  skip_blanks();
  if (left_.starts_with(',')) left_.remove_prefix(1);
  skip_blanks();
  if (left_.empty() || left_.front() == ']' || left_.front() == '}') return std::nullopt;
  Item item;
  if (is_object_) {
    item.key = unquoted(take_value());
    left_.remove_prefix(std::min(left_.find(':'), left_.size() - 1) + 1);
    skip_blanks();
  }
  item.before = {begin, static_cast<std::size_t>(left_.data() - begin)};
  item.value = take_value();
  rest_ = left_;
  return item;
}

void JsonGroup::keep(const JsonItems::Item& item, std::string_view value) {
  std::string_view before = item.before;
  // The first that is left has no comma before it; those behind it had one, unless the first was theirs.
  if (!has_items_ && before.starts_with(',')) {
    before.remove_prefix(1);
    before.remove_prefix(std::min(before.find_first_not_of(blanks), before.size()));
  }
  has_items_ = true;
  text_.append(before).append(value);
}

}  // namespace qember::vm
