// SPDX-License-Identifier: LGPL-2.1-or-later
// The header with a class for each type.
#include "model.hpp"

#include <sstream>

namespace qember::describe {
namespace {

std::string last_name(const std::string& qualified) {
  const auto at = qualified.rfind("::");
  return at == std::string::npos ? qualified : qualified.substr(at + 2);
}

class Emitter {
 public:
  Emitter(const Model& model, const Classes& classes, const SourceText& text)
      : model_(model), classes_(classes), text_(text) {}

  std::string run() {
    for (std::size_t i = 0; i < model_.types.size(); ++i)
      if (model_.types[i].named) out_ << "class " << classes_.name[i] << ";\n";
    for (std::size_t i = 0; i < model_.types.size(); ++i) {
      if (!model_.types[i].named) continue;
      for (const std::size_t element : classes_.before[i]) emit_class(element);
      emit_class(i);
    }
    return out_.str();
  }

 private:
  std::ostream& line() { return out_ << std::string(2 * depth_, ' '); }

  /// What the schema says about it, as a docstring; false where that is nothing.
  bool emit_comment(const std::string& source) {
    const auto comment = text_.comments.find(source);
    if (comment == text_.comments.end()) return false;
    std::istringstream in(comment->second);
    for (std::string text; std::getline(in, text);) line() << "/// " << text << '\n';
    return true;
  }

  void emit_class(std::size_t index) {
    const Type& type = model_.types[index];
    const std::string name = last_name(classes_.name[index]);
    const std::string base = base_class(type);
    out_ << '\n';
    if (emit_comment(classes_.source[index])) line() << "///\n";
    line() << "/// " << (type.named ? std::string(type.name) + " ::= " : "") << heading(type) << '\n';
    line() << "class " << name << " : public " << base << " {\n";
    line() << " public:\n";
    ++depth_;
    line() << name << "() = default;\n";
    line() << "explicit " << name << "(Node node) noexcept : " << base << "(node) {}\n";
    line() << "static const Layout& layout();\n";
    for (const std::size_t nested : classes_.nested[index]) emit_class(nested);
    if (type.kind == Kind::choice) emit_choice(type, index);
    if (type.kind == Kind::sequence) emit_sequence(type, index);
    --depth_;
    line() << "};\n";
  }

  std::string base_class(const Type& type) const {
    switch (type.kind) {
      case Kind::boolean: return "BooleanNode";
      case Kind::integer: return "IntegerNode";
      case Kind::octet_string: return "BytesNode";
      case Kind::utf8_string: return "TextNode";
      case Kind::sequence_of: return "List<" + classes_.name[type.members.front().type] + ">";
      default: return "Node";
    }
  }

  std::string heading(const Type& type) const {
    static const char* const tag_classes[] = {"UNIVERSAL ", "APPLICATION ", "", "PRIVATE "};
    std::string text;
    if (type.tagged && type.tag.tag_class != ber::TagClass::universal)
      text = std::string("[") + tag_classes[static_cast<int>(type.tag.tag_class)] +
             std::to_string(type.tag.number) + "] ";
    text += name_of(type.kind);
    if (type.kind == Kind::sequence_of) text += ' ' + std::string(model_.type(type.members.front()).name);
    return text;
  }

  void emit_choice(const Type& type, std::size_t index) {
    out_ << '\n';
    line() << "enum class Which : std::uint16_t { none";
    for (const Member& member : type.members) out_ << ", " << cpp_name(member.name);
    out_ << " };\n";
    line() << "Which which() const noexcept { return static_cast<Which>(Node::which()); }\n";
    for (const Member& member : type.members) emit_alternative(member, classes_.source[index]);
  }

  void emit_alternative(const Member& member, const std::string& owner) {
    const Kind kind = model_.type(member).kind;
    const std::string name = plain(member);
    out_ << '\n';
    emit_comment(owner + '.' + std::string(member.name));
    if (const std::string value = cpp_value(kind); !value.empty()) {
      line() << value << " as_" << name << "() const noexcept;\n";
      line() << "void set_" << name << "(" << value << " value);\n";
    } else if (kind == Kind::null) {
      line() << "void set_" << name << "();\n";
    } else {
      line() << classes_.name[member.type] << " as_" << name << "() const noexcept;\n";
      line() << classes_.name[member.type] << " make_" << name << "();\n";
    }
  }

  void emit_sequence(const Type& type, std::size_t index) {
    for (std::size_t i = 0; i < type.members.size(); ++i)
      emit_component(type.members[i], classes_.source[index], model_.pointers[index][i]);
  }

  void emit_component(const Member& member, const std::string& owner, bool pointer) {
    const Kind kind = model_.type(member).kind;
    const std::string name = plain(member);
    if (kind == Kind::null && !member.optional) return;
    out_ << '\n';
    emit_comment(owner + '.' + std::string(member.name));
    if (const std::string value = cpp_value(kind); !value.empty()) {
      line() << value << ' ' << cpp_name(member.name) << "() const noexcept;\n";
      line() << "void set_" << name << "(" << value << " value);\n";
    } else if (kind == Kind::null) {
      line() << "void set_" << name << "();\n";
    } else {
      line() << classes_.name[member.type] << ' ' << cpp_name(member.name) << "() const noexcept;\n";
      if (pointer) line() << classes_.name[member.type] << " make_" << name << "();\n";
    }
    if (!member.optional) return;
    line() << "bool has_" << name << "() const noexcept;\n";
    line() << "void clear_" << name << "();\n";
  }

  static std::string plain(const Member& member) {
    std::string name = cpp_name(member.name);
    if (name.back() == '_') name.pop_back();
    return name;
  }

  const Model& model_;
  const Classes& classes_;
  const SourceText& text_;
  std::ostringstream out_;
  std::size_t depth_ = 0;
};

std::string borrowed_names() {
  std::string text = "using qember::ByteView;\nusing qember::Integer;\n";
  for (const char* name :
       {"BooleanNode", "Compiled", "IntegerNode", "Layout", "List", "Node", "BytesNode", "TextNode"})
    text += std::string("using qember::asn1::") + name + ";\n";
  return text + '\n';
}

}  // namespace

std::string emit_types(const Model& model, const Classes& classes, const SourceText& text,
                       const Names& names) {
  std::ostringstream out;
  out << "// Made from " << names.schema << " by the build; changes are lost.\n"
      << "/// A class for each type of the schema: a handle to a value inside a tree, see asn1/node.hpp.\n"
      << "#pragma once\n\n#include <qember/advanced/asn1/node.hpp>\n\nnamespace " << names.types_space
      << " {\n\n";
  if (names.types_space != "qember::asn1") out << borrowed_names();
  out << "/// The schema as data.\nconst qember::ber::Schema& schema() noexcept;\n\n"
      << Emitter(model, classes, text).run() << "\n}  // namespace " << names.types_space << '\n';
  return out.str();
}

}  // namespace qember::describe
