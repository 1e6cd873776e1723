// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <qember/advanced/asn1/value.hpp>

#include <fmt/format.h>

namespace qember::asn1 {
namespace {

std::string hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

Bytes der_of(const Node& node) {
  Bytes der;
  append_der(node, der);
  return der;
}

/// As a string of JSON. What is no UTF-8 was set by the caller and stays as it is.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out += '"';
}

class Text {
 public:
  std::string run(const Node& node) {
    out_ = std::string(node.type().name);
    value(node, 0);
    return std::move(out_) + '\n';
  }

 private:
  void value(const Node& node, std::size_t depth) {
    switch (node.type().kind) {
      case ber::Kind::boolean: out_ += node.boolean() ? " TRUE" : " FALSE"; break;
      case ber::Kind::integer: out_ += ' ' + to_string(node.integer()); break;
      case ber::Kind::null: out_ += " NULL"; break;
      case ber::Kind::octet_string: out_ += fmt::format(" <{} B>", node.bytes().size()); break;
      case ber::Kind::utf8_string: out_ += ' ' + quoted(node.text()); break;
      case ber::Kind::other: out_ += fmt::format(" <{} B>", der_of(node).size()); break;
      case ber::Kind::choice: choice(node, depth); break;
      case ber::Kind::sequence: sequence(node, depth + 1); break;
      case ber::Kind::sequence_of: list(node, depth + 1); break;
    }
  }

  void line(std::size_t depth) { out_ += '\n' + std::string(2 * depth, ' '); }

  void choice(const Node& node, std::size_t depth) {
    if (node.which() == 0) return;
    const std::size_t index = node.which() - 1;
    (out_ += ' ') += node.type().members[index].name;
    value(node.member(index), depth);
  }

  void sequence(const Node& node, std::size_t depth) {
    for (std::size_t i = 0; i < node.type().members.size(); ++i)
      if (const Node member = node.member(i)) {
        line(depth);
        out_ += node.type().members[i].name;
        value(member, depth);
      }
  }

  void list(const Node& node, std::size_t depth) {
    for (std::size_t i = 0; i < node.size(); ++i) {
      line(depth);
      out_ += fmt::format("[{}]", i);
      value(node.element(i), depth);
    }
  }

  std::string out_;
};

class Json {
 public:
  explicit Json(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::string run(const Node& node) {
    value(node);
    return std::move(out_);
  }

 private:
  void value(const Node& node) {
    switch (node.type().kind) {
      case ber::Kind::boolean: out_ += node.boolean() ? "true" : "false"; break;
      case ber::Kind::integer: out_ += to_string(node.integer()); break;
      case ber::Kind::null: out_ += "null"; break;
      case ber::Kind::octet_string: bytes(node.bytes()); break;
      case ber::Kind::utf8_string: out_ += quoted(node.text()); break;
      case ber::Kind::other: bytes(der_of(node)); break;
      case ber::Kind::choice:
      case ber::Kind::sequence: object(node); break;
      case ber::Kind::sequence_of: list(node); break;
    }
  }

  void bytes(ByteView bytes) {
    out_ +=
        bytes.size() > max_bytes_ ? fmt::format("{{\"octets\":{}}}", bytes.size()) : '"' + hex(bytes) + '"';
  }

  void object(const Node& node) {
    char before = '{';
    for (std::size_t i = 0; i < node.type().members.size(); ++i)
      if (const Node member = node.member(i)) {
        out_ += std::exchange(before, ',');
        out_ += quoted(node.type().members[i].name) + ':';
        value(member);
      }
    out_ += before == '{' ? "{}" : "}";
  }

  void list(const Node& node) {
    out_ += '[';
    for (std::size_t i = 0; i < node.size(); ++i) {
      if (i > 0) out_ += ',';
      value(node.element(i));
    }
    out_ += ']';
  }

  std::size_t max_bytes_;
  std::string out_;
};

}  // namespace

std::string print_text(const Node& node) { return Text().run(node); }

std::string print_json(const Node& node, std::size_t max_bytes) { return Json(max_bytes).run(node); }

}  // namespace qember::asn1
