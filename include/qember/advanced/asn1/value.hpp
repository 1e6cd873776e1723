// SPDX-License-Identifier: LGPL-2.1-or-later
/// Owning a tree of values, and taking it from bytes to bytes.
#pragma once

#include <qember/advanced/asn1/node.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>

#include <utility>

namespace qember::asn1 {

namespace detail {
Node make(const Layout& layout);
void destroy(Node root) noexcept;
Result<Node> decode_front(const Layout& layout, ByteView& in, const Limits& limits, std::uint64_t offset,
                          std::string_view path);
Error trailing_data(const Layout& layout, ByteView rest, std::uint64_t offset, std::string_view path);
}  // namespace detail

/// Owns a value of a type of the schema, `Value<SecFull>`, and all that is in it.
template <class T>
class [[nodiscard]] Value {
 public:
  /// An empty one: no bytes, no elements, no alternatives, and integers that `encode` misses.
  static Value make() { return Value(T(detail::make(T::layout()))); }
  /// Takes over what the library made.
  explicit Value(T root) noexcept : root_(root) {}

  /// Leaves `other` with nothing.
  Value(Value&& other) noexcept : root_(std::exchange(other.root_, T())) {}
  /// Swaps the two.
  Value& operator=(Value&& other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  /// Destroys the value and all that is in it.
  ~Value() { detail::destroy(root_); }

  /// The value, valid as long as this.
  T& operator*() noexcept { return root_; }
  /// The value, valid as long as this.
  const T& operator*() const noexcept { return root_; }
  /// The value, valid as long as this.
  T* operator->() noexcept { return &root_; }
  /// The value, valid as long as this.
  const T* operator->() const noexcept { return &root_; }

 private:
  T root_;
};

/// Decodes the BER value at the front of `in`, and moves `in` on to what follows. `in` is checked by
/// `ber::validate` first and the value by the schema's constraints; an error's offset has `offset`, that of
/// the front of `in`, added to it, and its path begins with `path`, or the type's name.
template <class T>
Result<Value<T>> decode_front(ByteView& in, const Limits& limits = {}, std::uint64_t offset = 0,
                              std::string_view path = {}) {
  auto root = detail::decode_front(T::layout(), in, limits, offset, path);
  if (!root) return std::move(root.error());
  return Value<T>(T(*root));
}

/// Decodes a BER value that `in` is filled by.
template <class T>
Result<Value<T>> decode(ByteView in, const Limits& limits = {}, std::uint64_t offset = 0,
                        std::string_view path = {}) {
  ByteView rest = in;
  auto value = decode_front<T>(rest, limits, offset, path);
  if (value.ok() && !rest.empty())
    return detail::trailing_data(T::layout(), rest, offset + (in.size() - rest.size()), path);
  return value;
}

/// Whether the value can be encoded and keeps the schema's constraints; the path says what does not.
Status check(const Node& node, const Limits& limits = {});

/// The value in DER, after `check`.
Result<Bytes> encode(const Node& node, const Limits& limits = {});
/// The same, after what `out` has; that is left alone on failure.
Status encode_into(const Node& node, Bytes& out, const Limits& limits = {});

/// Whether two values are of the same type and the same.
bool equal(const Node& a, const Node& b);

/// A copy of a value that `check` accepts.
template <class T>
Result<Value<T>> copy(const T& node, const Limits& limits = {}) {
  const auto bytes = encode(node, limits);
  if (!bytes) return bytes.error();
  return decode<T>(*bytes, limits);
}

/// The value for people: one line for each component, of bytes only how many.
std::string print_text(const Node& node);

/// The value as JSON: a SEQUENCE is an object, a CHOICE an object with one member, a SEQUENCE OF an array,
/// an INTEGER a number (up to 20 digits), NULL null. Bytes are a string in hex; more than `max_bytes` of
/// them are `{"octets":4096}`.
std::string print_json(const Node& node, std::size_t max_bytes = static_cast<std::size_t>(-1));

}  // namespace qember::asn1
