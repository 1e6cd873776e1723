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
  Node() = default;
  Node(const Layout& layout, void* data) noexcept : layout_(&layout), data_(data) {}

  explicit operator bool() const noexcept { return data_ != nullptr; }
  /// The type, with the names of its components; an empty one where the Node refers to nothing.
  const ber::Type& type() const noexcept;
  /// Whether it refers to a value of that kind.
  bool is(ber::Kind kind) const noexcept;

  // SEQUENCE and CHOICE, by the index of the component or alternative in `type().members`.

  Node member(std::size_t index) const noexcept;
  /// The component, made where it was absent; the alternative, chosen instead of another one.
  Node make(std::size_t index);
  /// Makes an OPTIONAL component absent.
  void clear(std::size_t index) noexcept;
  /// The alternative of a CHOICE: 1 + its index, 0 for none.
  std::size_t which() const noexcept;

  // SEQUENCE OF

  std::size_t size() const noexcept;
  Node element(std::size_t index) const noexcept;
  Node append();

  // Primitives. A set_ is for a Node of that kind.

  bool boolean() const noexcept;
  Integer integer() const noexcept;
  ByteView bytes() const noexcept;
  std::string_view text() const noexcept;
  void set_boolean(bool value) noexcept;
  void set_integer(Integer value);
  void set_bytes(ByteView value);
  void set_text(std::string_view value);

  /// These two are for the library itself.
  const Layout* layout_of_value() const noexcept { return layout_; }
  void* data_of_value() const noexcept { return data_; }

 private:
  const Layout* layout_ = nullptr;
  void* data_ = nullptr;
};

struct BooleanNode : Node {
  BooleanNode() = default;
  explicit BooleanNode(Node node) noexcept : Node(node) {}
  bool get() const noexcept { return boolean(); }
  void set(bool value) noexcept { set_boolean(value); }
};

struct IntegerNode : Node {
  IntegerNode() = default;
  explicit IntegerNode(Node node) noexcept : Node(node) {}
  Integer get() const noexcept { return integer(); }
  void set(Integer value) { set_integer(value); }
};

struct BytesNode : Node {
  BytesNode() = default;
  explicit BytesNode(Node node) noexcept : Node(node) {}
  ByteView get() const noexcept { return bytes(); }
  void set(ByteView value) { set_bytes(value); }
};

struct TextNode : Node {
  TextNode() = default;
  explicit TextNode(Node node) noexcept : Node(node) {}
  std::string_view get() const noexcept { return text(); }
  void set(std::string_view value) { set_text(value); }
};

/// A SEQUENCE OF.
template <class T>
class List : public Node {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;

    Iterator() = default;
    Iterator(Node list, std::size_t index) noexcept : list_(list), index_(index) {}
    T operator*() const noexcept { return T(list_.element(index_)); }
    Iterator& operator++() noexcept { return ++index_, *this; }
    Iterator operator++(int) noexcept { return {list_, index_++}; }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    Node list_;
    std::size_t index_ = 0;
  };

  List() = default;
  explicit List(Node node) noexcept : Node(node) {}

  bool empty() const noexcept { return Node::size() == 0; }
  T operator[](std::size_t index) const noexcept { return T(Node::element(index)); }
  /// A new element at the end.
  T append() { return T(Node::append()); }
  Iterator begin() const noexcept { return {*this, 0}; }
  Iterator end() const noexcept { return {*this, Node::size()}; }
};

}  // namespace qember::asn1
