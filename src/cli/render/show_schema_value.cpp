// SPDX-License-Identifier: LGPL-2.1-or-later
#include "show_schema_value.hpp"

#include <qember/advanced/ber/lookup.hpp>
#include <qember/advanced/ber/walk.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/device/value_text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace qember::cli {
namespace {

using ber::Kind;
using ber::WalkedValue;

Integer integer_of(const WalkedValue& value) {
  return ber::parse_integer(value.contents).value_or(Integer());
}

bool is_true(const WalkedValue& value) { return !value.contents.empty() && value.contents[0] != 0; }

/// Of a primitive, for people.
std::string text_of(const WalkedValue& value) {
  constexpr std::size_t most_shown = 16;
  switch (value.kind) {
    case Kind::boolean: return is_true(value) ? "true" : "false";
    case Kind::integer: return to_string(integer_of(value));
    case Kind::null: return "NULL";
    case Kind::utf8_string: return fmt::format("\"{}\"", printable(as_text(value.contents)));
    default: break;
  }
  const std::size_t size = value.contents.size();
  if (size == 0) return "no bytes";
  return fmt::format("{}{}", hex_excerpt(value.contents, most_shown),
                     size > most_shown ? fmt::format("  {} bytes", size) : "");
}

class Tree final : public ber::ValueVisitor {
 public:
  explicit Tree(const ValueLine& line) : line_(line) {}

  void value(const WalkedValue& value) override { line_(depth_, name_of(value), text_of(value)); }
  void enter(const WalkedValue& group) override {
    // The CHOICE that all of it is says nothing.
    const bool is_root = groups_++ == 0;
    if (is_root) return;
    line_(depth_++, name_of(group), "");
  }
  void leave() override {
    if (--groups_ > 0) --depth_;
  }

 private:
  static std::string name_of(const WalkedValue& value) {
    return value.index ? fmt::format("[{}]", *value.index) : std::string(value.name);
  }

  const ValueLine& line_;
  std::size_t depth_ = 0;
  std::size_t groups_ = 0;
};

class ValueJson final : public ber::ValueVisitor {
 public:
  void value(const WalkedValue& value) override {
    begin(value);
    text_ += text(value);
  }
  void enter(const WalkedValue& group) override {
    begin(group);
    const bool is_list = group.kind == Kind::sequence_of;
    text_ += is_list ? '[' : '{';
    ends_ += is_list ? ']' : '}';
    first_ = true;
  }
  void leave() override {
    text_ += ends_.back();
    ends_.pop_back();
    first_ = false;
  }
  std::string take() { return std::move(text_); }

 private:
  void begin(const WalkedValue& value) {
    if (!std::exchange(first_, false)) text_ += ',';
    if (!value.name.empty()) text_ += fmt::format("\"{}\":", value.name);
  }

  static std::string text(const WalkedValue& value) {
    switch (value.kind) {
      case Kind::boolean: return is_true(value) ? "true" : "false";
      case Kind::integer: return to_string(integer_of(value));
      case Kind::null: return "null";
      case Kind::utf8_string: return nlohmann::json(printable(as_text(value.contents))).dump();
      default: return device::bytes_json(value.contents);
    }
  }

  std::string text_;
  std::string ends_;
  bool first_ = true;
};

/// The CHOICE that it is an alternative of.
const ber::Type& type_of(const SchemaPart& part) {
  return part.is_state ? ber::lookup::type(part.schema, *part.schema.find("SecFull"), "contents")
                       : *part.schema.find("Sections");
}

}  // namespace

void print_schema_value(const SchemaPart& part, const ValueLine& line) {
  Tree tree(line);
  walk(part.value.encoded, part.schema, type_of(part), tree);
}

std::string schema_value_json(const SchemaPart& part) {
  ValueJson json;
  walk(part.value.encoded, part.schema, type_of(part), json);
  return json.take();
}

}  // namespace qember::cli
