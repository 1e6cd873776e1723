// SPDX-License-Identifier: LGPL-2.1-or-later
// What the functions of the classes do. Apart from the header, since types refer to each other in circles.
#include "model.hpp"

#include <sstream>

namespace qember::describe {
namespace {

/// The functions of Node for a primitive kind: `integer()`, `set_integer(value)`.
std::string node_value(Kind kind) {
  switch (kind) {
    case Kind::boolean: return "boolean";
    case Kind::integer: return "integer";
    case Kind::octet_string: return "bytes";
    default: return "text";
  }
}

class Emitter {
 public:
  Emitter(const Model& model, const Classes& classes) : model_(model), classes_(classes) {}

  std::string run() {
    for (std::size_t i = 0; i < model_.types.size(); ++i) {
      const Type& type = model_.types[i];
      const bool choice = type.kind == Kind::choice;
      if (type.named || choice || type.kind == Kind::sequence)
        out_ << "\nconst Layout& " << classes_.name[i] << "::layout() { return compiled().layout(" << i
             << "); }\n";
      if (!choice && type.kind != Kind::sequence) continue;
      for (std::size_t j = 0; j < type.members.size(); ++j) emit(i, j, choice);
    }
    return out_.str();
  }

 private:
  void emit(std::size_t owner, std::size_t index, bool choice) {
    const Member& member = model_.types[owner].members[index];
    const Kind kind = model_.type(member).kind;
    const std::string scope = classes_.name[owner] + "::";
    std::string name = cpp_name(member.name);
    const std::string getter = scope + (choice ? "as_" + plain(name) : name) + "() const noexcept";
    name = plain(name);
    const std::string at = '(' + std::to_string(index) + ')';
    if (const std::string value = cpp_value(kind); !value.empty()) {
      const std::string call = node_value(kind);
      out_ << value << ' ' << getter << " { return Node::member" << at << '.' << call << "(); }\n"
           << "void " << scope << "set_" << name << '(' << value << " value) { Node::make" << at << ".set_"
           << call << "(value); }\n";
    } else if (kind == Kind::null) {
      if (choice || member.optional)
        out_ << "void " << scope << "set_" << name << "() { Node::make" << at << "; }\n";
    } else {
      const std::string& handle = classes_.name[member.type];
      out_ << handle << ' ' << getter << " { return " << handle << "(Node::member" << at << "); }\n";
      if (choice || model_.pointers[owner][index])
        out_ << handle << ' ' << scope << "make_" << name << "() { return " << handle << "(Node::make" << at
             << "); }\n";
    }
    if (choice || !member.optional) return;
    out_ << "bool " << scope << "has_" << name << "() const noexcept { return bool(Node::member" << at
         << "); }\n"
         << "void " << scope << "clear_" << name << "() { Node::clear" << at << "; }\n";
  }

  static std::string plain(std::string name) {
    if (name.back() == '_') name.pop_back();
    return name;
  }

  const Model& model_;
  const Classes& classes_;
  std::ostringstream out_;
};

}  // namespace

std::string emit_bodies(const Model& model, const Classes& classes, const Names& names) {
  std::ostringstream out;
  out << "// Made from " << names.schema << " by the build; changes are lost.\n"
      << "#include <" << names.types_name << ">\n\n#include <" << names.data_name << ">\n"
      << "#include <qember/advanced/asn1/compiled.hpp>\n\nextern \"C\" const qember_asn1c_backend "
      << names.backend << ";\n\n"
      << "namespace " << names.types_space << " {\nnamespace {\n\n"
      << "// Set up by the first thread to get here, for good: handles may outlive static objects.\n"
      << "const Compiled& compiled() {\n  static const auto& compiled = *new Compiled(" << names.backend
      << ", " << names.data_space << "::schema);\n  return compiled;\n}\n\n}  // namespace\n\n"
      << "const qember::ber::Schema& schema() noexcept { return " << names.data_space << "::schema; }\n"
      << Emitter(model, classes).run() << "\n}  // namespace " << names.types_space << '\n';
  return out.str();
}

}  // namespace qember::describe
