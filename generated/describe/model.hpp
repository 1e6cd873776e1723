// SPDX-License-Identifier: LGPL-2.1-or-later
// A compiled schema as read from its descriptors.
#pragma once

#include "source_text.hpp"

#include <qember/advanced/ber/schema.hpp>

#include <deque>
#include <string>
#include <vector>

struct qember_asn1c_backend;

namespace qember::describe {

using ber::Kind;
using ber::Member;
using ber::Tag;
using ber::Type;

struct Model {
  std::vector<Type> types;
  std::deque<std::vector<Member>> members;  ///< what `Type::members` views
  std::deque<std::vector<Tag>> tags;        ///< what `inner_tags` view
  std::vector<std::vector<bool>> pointers;  ///< of a type's members: held by a pointer, to be made first

  const Type& type(const Member& member) const { return types[member.type]; }
};

/// Reads the descriptors. Throws `std::runtime_error` where nothing could follow the schema.
Model read_model(const qember_asn1c_backend& backend);

/// Compares the schema with the shapes in a file; throws on the first that differs.
void check_shapes(const Model& model, const std::string& schema, const std::string& file);

/// Names in the C++ to be written.
struct Names {
  std::string schema;       ///< the schema's path, for comments
  std::string backend;      ///< the symbol
  std::string types_space;  ///< namespace of the handles
  std::string data_space;   ///< namespace of the schema as data
  std::string types_name;   ///< the headers, as included
  std::string data_name;
};

/// The C++ class for each type: its qualified name, and the type whose class it is written in.
struct Classes {
  std::vector<std::string> name;                 ///< `List<RAMBlockID>`, `SecFull::Contents`
  std::vector<std::vector<std::size_t>> nested;  ///< classes to write inside that of a type
  std::vector<std::vector<std::size_t>> before;  ///< classes to write before that of a type
  std::vector<std::string> source;               ///< where it is in the schema's text: `SecFull.contents`
};
Classes name_classes(const Model& model);

/// A name in C++: '-' becomes '_', and a keyword gets a '_'.
std::string cpp_name(std::string_view name);
/// What a value of a primitive kind is in C++; empty for others.
std::string cpp_value(Kind kind);

std::string emit_data(const Model& model, const SourceText& text, const Names& names);
/// The same for a file that is read at run time.
std::string emit_lines(const Model& model, const SourceText& text);
std::string emit_types(const Model& model, const Classes& classes, const SourceText& text,
                       const Names& names);
std::string emit_bodies(const Model& model, const Classes& classes, const Names& names);

}  // namespace qember::describe
