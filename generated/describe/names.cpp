// SPDX-License-Identifier: LGPL-2.1-or-later
// How the schema's names become C++.
#include "model.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace qember::describe {
namespace {

// The keywords that a name in ASN.1 can be (it has no '_'), the enumerator for no alternative, and a
// function that every class has.
constexpr std::string_view taken[] = {
    "alignas",   "alignof",   "and",       "asm",      "auto",     "bitand",   "bitor",   "bool",
    "break",     "case",      "catch",     "char",     "class",    "compl",    "concept", "const",
    "consteval", "constexpr", "constinit", "continue", "decltype", "default",  "delete",  "do",
    "double",    "else",      "enum",      "explicit", "export",   "extern",   "false",   "float",
    "for",       "friend",    "goto",      "if",       "inline",   "int",      "long",    "mutable",
    "namespace", "new",       "noexcept",  "not",      "nullptr",  "operator", "or",      "private",
    "protected", "public",    "register",  "requires", "return",   "short",    "signed",  "sizeof",
    "static",    "struct",    "switch",    "template", "this",     "throw",    "true",    "try",
    "typedef",   "typeid",    "typename",  "union",    "unsigned", "using",    "virtual", "void",
    "volatile",  "while",     "xor",       "none",     "layout"};

// What the classes are made of.
constexpr std::string_view borrowed[] = {"BooleanNode", "ByteView", "Compiled", "Integer",   "IntegerNode",
                                         "Layout",      "List",     "Node",     "BytesNode", "TextNode"};

class Namer {
 public:
  explicit Namer(const Model& model) : model_(model) {
    classes_.name.resize(model.types.size());
    classes_.nested.resize(model.types.size());
    classes_.before.resize(model.types.size());
    classes_.source.resize(model.types.size());
  }

  Classes run() {
    for (std::size_t i = 0; i < model_.types.size(); ++i)
      if (model_.types[i].named) name(i);
    // A type comes before the nameless ones inside it.
    for (std::size_t i = 0; i < model_.types.size(); ++i)
      if (!classes_.name[i].empty())
        for (const Member& member : model_.types[i].members) place(i, member);
    for (std::size_t i = 0; i < model_.types.size(); ++i)
      if (classes_.name[i].empty()) classes_.name[i] = library_class(model_.types[i]);
    return std::move(classes_);
  }

 private:
  void name(std::size_t type) {
    classes_.source[type] = model_.types[type].name;
    classes_.name[type] = class_name(cpp_name(model_.types[type].name));
  }

  static std::string class_name(std::string name) {
    const bool taken = std::find(std::begin(borrowed), std::end(borrowed), name) != std::end(borrowed);
    return taken ? name + '_' : name;
  }

  /// Gives the nameless SEQUENCE or CHOICE in a component a class inside that of `owner`.
  void place(std::size_t owner, const Member& member) {
    std::size_t type = member.type;
    std::string name = capital(cpp_name(member.name));
    while (!model_.types[type].named && model_.types[type].kind == Kind::sequence_of) {
      type = model_.types[type].members.front().type;
      name += "Element";
    }
    const Kind kind = model_.types[type].kind;
    if (!classes_.name[type].empty() || (kind != Kind::sequence && kind != Kind::choice)) return;
    // The base of a list's class needs its element's class first.
    const bool list = model_.types[owner].kind == Kind::sequence_of;
    const std::string& around = classes_.name[owner];
    name = class_name(std::move(name));
    if (!list && (around == name || around.ends_with("::" + name))) name = "Inner" + name;
    classes_.name[type] = list ? around + name + "Element" : around + "::" + name;
    (list ? classes_.before : classes_.nested)[owner].push_back(type);
    classes_.source[type] = classes_.source[owner] + (list ? "" : '.' + std::string(member.name));
  }

  std::string library_class(const Type& type) const {
    switch (type.kind) {
      case Kind::boolean: return "BooleanNode";
      case Kind::integer: return "IntegerNode";
      case Kind::octet_string: return "BytesNode";
      case Kind::utf8_string: return "TextNode";
      case Kind::sequence_of: return "List<" + element_class(type) + ">";
      default: return "Node";
    }
  }

  std::string element_class(const Type& list) const {
    const std::size_t element = list.members.front().type;
    return classes_.name[element].empty() ? library_class(model_.types[element]) : classes_.name[element];
  }

  static std::string capital(std::string name) {
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return name;
  }

  const Model& model_;
  Classes classes_;
};

}  // namespace

std::string cpp_name(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '-', '_');
  if (std::find(std::begin(taken), std::end(taken), name) != std::end(taken)) result += '_';
  return result;
}

std::string cpp_value(Kind kind) {
  switch (kind) {
    case Kind::boolean: return "bool";
    case Kind::integer: return "Integer";
    case Kind::octet_string: return "ByteView";
    case Kind::utf8_string: return "std::string_view";
    default: return {};
  }
}

Classes name_classes(const Model& model) { return Namer(model).run(); }

}  // namespace qember::describe
