// SPDX-License-Identifier: LGPL-2.1-or-later
/// A value inside a tree of values. The classes for the types of the schema, in asn1/types.hpp, are Nodes
/// with accessors by name.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/integer.hpp>

#include <cassert>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace qember::asn1 {

class Compiled;
/// How a type is held in memory.
struct Layout;

/// Refers to a value that a `Value` owns, as an iterator does: copying it copies no value, and it is good as
/// long as the `Value` is and the alternative or component it is in.
///
/// It may refer to nothing: an OPTIONAL component that is absent, an alternative that is not the chosen one.
/// What is read from that is empty: 0, false, no bytes, no elements, no alternative, and nothing again.
/// Writing needs something to write to.
///
/// Several threads may read one tree; writing is for one thread at a time.
class Node {
 public:
  /// Refers to nothing.
  Node() = default;
  /// For the library itself.
  Node(const Layout& layout, void* data) noexcept : layout_(&layout), data_(data) {}

  /// Whether it refers to a value.
  explicit operator bool() const noexcept { return data_ != nullptr; }
  /// The type, with the names of its components; an empty one where the Node refers to nothing.
  const ber::Type& type() const noexcept;
  /// Whether it refers to a value of that kind.
  bool is(ber::Kind kind) const noexcept;

  // SEQUENCE and CHOICE, by the index of the component or alternative in `type().members`.

  /// The component, or the alternative where it is the chosen one; else nothing.
  Node member(std::size_t index) const noexcept;
  /// The component, made where it was absent; the alternative, chosen instead of another one.
  Node make(std::size_t index);
  /// Makes an OPTIONAL component absent.
  void clear(std::size_t index) noexcept;
  /// The alternative of a CHOICE: 1 + its index, 0 for none.
  std::size_t which() const noexcept;

  // SEQUENCE OF

  /// How many elements it has.
  std::size_t size() const noexcept;
  /// The element, or nothing behind the last.
  Node element(std::size_t index) const noexcept;
  /// A new element at the end.
  Node append();

  // Primitives. A set_ is for a Node of that kind.

  /// Of a BOOLEAN.
  bool boolean() const noexcept;
  /// Of an INTEGER.
  Integer integer() const noexcept;
  /// Of an OCTET STRING or a UTF8String; valid until it is written to.
  ByteView bytes() const noexcept;
  /// Of a UTF8String; valid until it is written to.
  std::string_view text() const noexcept;
  /// Writes a BOOLEAN.
  void set_boolean(bool value) noexcept;
  /// Writes an INTEGER.
  void set_integer(Integer value);
  /// Copies bytes.
  void set_bytes(ByteView value);
  /// Copies a text.
  void set_text(std::string_view value);

  /// These two are for the library itself.
  const Layout* layout_of_value() const noexcept { return layout_; }
  /// For the library itself.
  void* data_of_value() const noexcept { return data_; }

 private:
  const Layout* layout_ = nullptr;
  void* data_ = nullptr;
};

/// A BOOLEAN.
struct BooleanNode : Node {
  /// Refers to nothing.
  BooleanNode() = default;
  /// Refers to what the node does.
  explicit BooleanNode(Node node) noexcept : Node(node) {}
  /// Its value.
  bool get() const noexcept { return boolean(); }
  /// Writes its value.
  void set(bool value) noexcept { set_boolean(value); }
};

/// An INTEGER.
struct IntegerNode : Node {
  /// Refers to nothing.
  IntegerNode() = default;
  /// Refers to what the node does.
  explicit IntegerNode(Node node) noexcept : Node(node) {}
  /// Its value.
  Integer get() const noexcept { return integer(); }
  /// Writes its value.
  void set(Integer value) { set_integer(value); }
};

/// An OCTET STRING.
struct BytesNode : Node {
  /// Refers to nothing.
  BytesNode() = default;
  /// Refers to what the node does.
  explicit BytesNode(Node node) noexcept : Node(node) {}
  /// Its bytes, valid until it is written to.
  ByteView get() const noexcept { return bytes(); }
  /// Copies bytes.
  void set(ByteView value) { set_bytes(value); }
};

/// A UTF8String.
struct TextNode : Node {
  /// Refers to nothing.
  TextNode() = default;
  /// Refers to what the node does.
  explicit TextNode(Node node) noexcept : Node(node) {}
  /// Its text, valid until it is written to.
  std::string_view get() const noexcept { return text(); }
  /// Copies a text.
  void set(std::string_view value) { set_text(value); }
};

/// A SEQUENCE OF.
template <class T>
class List : public Node {
 public:
  /// Goes through the elements.
  class Iterator {
   public:
    /// What it can.
    using iterator_category = std::input_iterator_tag;
    /// A node of an element.
    using value_type = T;
    /// Between two elements.
    using difference_type = std::ptrdiff_t;
    /// There is none.
    using pointer = void;
    /// A node of an element, by value.
    using reference = T;

    /// At nothing.
    Iterator() = default;
    /// At that element.
    Iterator(Node list, std::size_t index) noexcept : list_(list), index_(index) {}
    /// The element.
    T operator*() const noexcept { return T(list_.element(index_)); }
    /// Goes on to the next.
    Iterator& operator++() noexcept { return ++index_, *this; }
    /// Goes on to the next, and returns where it was.
    Iterator operator++(int) noexcept { return {list_, index_++}; }
    /// Whether both are at the same index.
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    Node list_;
    std::size_t index_ = 0;
  };

  /// Refers to nothing.
  List() = default;
  /// Refers to what the node does.
  explicit List(Node node) noexcept : Node(node) {}

  /// Whether it has no elements.
  bool empty() const noexcept { return Node::size() == 0; }
  /// The element, or nothing behind the last.
  T operator[](std::size_t index) const noexcept { return T(Node::element(index)); }
  /// A new element at the end.
  T append() { return T(Node::append()); }
  /// At the first element.
  Iterator begin() const noexcept { return {*this, 0}; }
  /// Behind the last element.
  Iterator end() const noexcept { return {*this, Node::size()}; }
};

}  // namespace qember::asn1
