// SPDX-License-Identifier: LGPL-2.1-or-later
// Shapes: what hand-written code expects of the schema, in a subset of ASN.1.
#include "model.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

namespace qember::describe {
namespace {

struct Component;

struct Shape {
  std::optional<Kind> kind;  ///< nothing where the type is given by name
  std::string name;          ///< the type's, where it is given by name
  bool open;                 ///< further alternatives are allowed
  std::vector<Component> components;

  explicit Shape(Kind kind, bool open = false);
  explicit Shape(std::string name);
};

/// Of a SEQUENCE or a CHOICE; nameless, the element of a SEQUENCE OF.
struct Component {
  std::string name;
  Shape shape;
};

Shape::Shape(Kind of, bool is_open) : kind(of), open(is_open) {}
Shape::Shape(std::string of) : name(std::move(of)), open(false) {}

std::vector<std::string> tokens_of(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file + ": cannot be read");
  std::vector<std::string> tokens;
  for (std::string line; std::getline(in, line);) {
    std::string word;
    for (const char c : line.substr(0, line.find('#')) + ' ') {
      const bool separate = c == '{' || c == '}' || c == ',';
      if (!separate && std::isspace(static_cast<unsigned char>(c)) == 0) {
        word += c;
        continue;
      }
      if (!word.empty()) tokens.push_back(std::exchange(word, {}));
      if (separate) tokens.emplace_back(1, c);
    }
  }
  return tokens;
}

class Parser {
 public:
  Parser(const std::string& file) : file_(file), tokens_(tokens_of(file)) {}

  bool at_end() const { return at_ == tokens_.size(); }

  std::string word() {
    if (at_end()) throw std::runtime_error(file_ + ": ends inside a shape");
    return tokens_[at_++];
  }

  Shape shape() {
    const std::string first = word();
    if (first == "BOOLEAN") return Shape(Kind::boolean);
    if (first == "INTEGER") return Shape(Kind::integer);
    if (first == "NULL") return Shape(Kind::null);
    if (first == "UTF8String") return Shape(Kind::utf8_string);
    if (first == "OCTET") return expect("STRING"), Shape(Kind::octet_string);
    if (first == "CHOICE") return components(Kind::choice);
    if (first != "SEQUENCE") return Shape(first);
    if (at_end() || tokens_[at_] != "OF") return components(Kind::sequence);
    expect("OF");
    Shape list(Kind::sequence_of);
    list.components.push_back({{}, shape()});
    return list;
  }

 private:
  void expect(const std::string& wanted) {
    if (const std::string found = word(); found != wanted)
      throw std::runtime_error(file_ + ": expected " + wanted + ", found " + found);
  }

  Shape components(Kind kind) {
    Shape shape(kind);
    expect("{");
    for (std::string name = word(); name != "}"; name = word()) {
      if (name == "...")
        shape.open = true;
      else if (name != ",")
        shape.components.push_back({name, this->shape()});
    }
    return shape;
  }

  const std::string& file_;
  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
};

std::string text_of(const Shape& shape) {
  if (!shape.kind) return shape.name;
  std::string text(name_of(*shape.kind));
  if (shape.kind == Kind::sequence_of) return text + ' ' + text_of(shape.components.front().shape);
  if (shape.kind != Kind::sequence && shape.kind != Kind::choice) return text;
  text += " {";
  for (const Component& component : shape.components)
    text += (text.back() == '{' ? " " : ", ") + component.name + ' ' + text_of(component.shape);
  return text + (shape.open ? ", ... }" : " }");
}

const Shape* find(const Shape& shape, std::string_view name) {
  for (const Component& component : shape.components)
    if (component.name == name) return &component.shape;
  return nullptr;
}

/// The schema's types as shapes, by name or spelt out as the wanted shape has it.
class Finder {
 public:
  explicit Finder(const Model& model) : model_(model) {}

  Shape spelt(const Type& type, const Shape* wanted) const {
    Shape shape(type.kind, type.extensible);
    for (const Member& member : type.members)
      shape.components.push_back(
          {std::string(member.name), found(member, wanted ? find(*wanted, member.name) : nullptr)});
    return shape;
  }

 private:
  Shape found(const Member& member, const Shape* wanted) const {
    const Type& type = model_.type(member);
    if (const char* unusual = cannot_follow(member, type)) return Shape(described(type) + unusual);
    if (type.members.empty()) return Shape(type.kind);
    const bool same_kind = wanted && wanted->kind == type.kind;
    if (type.named && !same_kind) return Shape(std::string(type.name));
    return spelt(type, same_kind ? wanted : nullptr);
  }

  static std::string described(const Type& type) {
    return std::string(type.named ? type.name : name_of(type.kind));
  }

  static const char* cannot_follow(const Member& member, const Type& type) {
    if (member.optional) return " OPTIONAL";
    if (!member.inner_tags.empty()) return " with an EXPLICIT tag";
    if (member.tagged && type.kind == Kind::choice) return " with a tag";
    return nullptr;
  }

  const Model& model_;
};

bool fits(const Shape& wanted, const Shape& found);

bool has_alternatives(const Shape& wanted, const Shape& found) {
  if (!wanted.open && (found.open || found.components.size() != wanted.components.size())) return false;
  return std::all_of(wanted.components.begin(), wanted.components.end(), [&](const Component& alternative) {
    const Shape* same = find(found, alternative.name);
    return same && fits(alternative.shape, *same);
  });
}

bool fits(const Shape& wanted, const Shape& found) {
  if (wanted.kind != found.kind || wanted.name != found.name) return false;
  if (wanted.kind == Kind::choice) return has_alternatives(wanted, found);
  return wanted.open == found.open &&
         std::equal(wanted.components.begin(), wanted.components.end(), found.components.begin(),
                    found.components.end(), [](const Component& a, const Component& b) {
                      return a.name == b.name && fits(a.shape, b.shape);
                    });
}

}  // namespace

void check_shapes(const Model& model, const std::string& schema, const std::string& file) {
  for (Parser parser(file); !parser.at_end();) {
    const std::string name = parser.word();
    const Shape wanted = parser.shape();
    const Type* type = nullptr;
    for (const Type& candidate : model.types)
      if (candidate.named && candidate.name == name) type = &candidate;
    if (!type)
      throw std::runtime_error(schema + ": " + name + " is wanted as " + text_of(wanted) +
                               ", and is not there");
    const Shape found = Finder(model).spelt(*type, wanted.kind == type->kind ? &wanted : nullptr);
    if (!fits(wanted, found) || !type->inner_tags.empty() || (type->tagged && type->kind == Kind::choice))
      throw std::runtime_error(schema + ": " + name + " is wanted as " + text_of(wanted) + ", and is " +
                               text_of(found) + " (see " + file + ")");
  }
}

}  // namespace qember::describe
