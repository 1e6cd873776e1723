// SPDX-License-Identifier: LGPL-2.1-or-later
/// A schema as data from a file: what `qember_add_schema` leaves beside the bindings, for programs that were
/// built without them.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/result.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace qember::ber {

/// Owns a schema. What is made of it refers to it, errors to its fingerprint: it outlives them.
class SchemaData {
 public:
  /// Bytes of a file, and types in it, that are read; the library's own schema takes 4 KiB.
  static constexpr std::size_t max_size = std::size_t{1} << 20U;
  static constexpr std::size_t max_types = 2048;

  /// Reads the text of a file, in which each line is a type or a member of the type before; see
  /// schema/README.md. The error's path is the line, its offset that of the line in the text.
  static Result<std::unique_ptr<const SchemaData>> parse(std::string_view text);

  const Schema& schema() const noexcept { return schema_; }

 private:
  friend class SchemaParser;
  SchemaData() = default;

  std::deque<std::string> names_;  ///< what the rest views
  std::deque<std::vector<Tag>> tags_;
  std::vector<std::vector<Member>> members_;
  std::vector<Type> types_;
  Schema schema_{};
};

}  // namespace qember::ber
