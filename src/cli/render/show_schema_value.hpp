// SPDX-License-Identifier: LGPL-2.1-or-later
/// Values of types that a schema adds, by the names of their members.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/event/event.hpp>

#include <functional>

namespace qember::cli {

/// What a schema adds: to `SecFull.contents`, or to `Sections`.
struct SchemaPart {
  const event::SchemaValue& value;
  const ber::Schema& schema;
  bool is_state;
};

/// A line of it: how deep it is, the member with its index, and the value, both as they can be printed.
using ValueLine = std::function<void(std::size_t depth, std::string_view name, std::string_view text)>;
void print_schema_value(const SchemaPart& part, const ValueLine& line);

/// A SEQUENCE is an object, a CHOICE one with a single member, a SEQUENCE OF an array; bytes are as
/// `bytes_json` has them.
std::string schema_value_json(const SchemaPart& part);

}  // namespace qember::cli
