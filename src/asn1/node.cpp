// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/ber/writer.hpp>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

namespace qember::asn1 {
namespace {

template <class T>
T& as(void* data) {
  return *static_cast<T*>(data);
}

void* at_offset(void* data, std::size_t offset) { return static_cast<char*>(data) + offset; }

/// malloc's, as all in a tree: asn1c frees it.
void* allocate(const Layout& layout) {
  if (layout.size == 0) return nullptr;
  void* data = std::calloc(1, layout.size);
  if (!data) throw std::bad_alloc();
  return data;
}

/// Buffer of an INTEGER_t or OCTET_STRING_t. One byte more than needed, a NUL, as asn1c does it.
template <class T>
void assign(T& to, ByteView value) {
  if (value.size() >= static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::length_error("a string of 2 GiB or more");
  void* buffer = std::realloc(to.buf, value.size() + 1);
  if (!buffer) throw std::bad_alloc();
  to.buf = static_cast<std::uint8_t*>(buffer);
  if (!value.empty()) std::memcpy(to.buf, value.data(), value.size());
  to.buf[value.size()] = 0;
  to.size = static_cast<int>(value.size());
}

template <class T>
ByteView view(const T& from) {
  return {from.buf, static_cast<std::size_t>(from.size)};
}

unsigned& discriminator(const Layout& layout, void* data) {
  return as<unsigned>(at_offset(data, layout.which_offset));
}

}  // namespace

namespace detail {

Node make(const Layout& layout) { return {layout, allocate(layout)}; }

void destroy(Node root) noexcept {
  if (!root) return;
  asn_TYPE_descriptor_t* descriptor = root.layout_of_value()->descriptor;
  descriptor->free_struct(descriptor, root.data_of_value(), 0);
}

}  // namespace detail

const ber::Type& Node::type() const noexcept {
  static constexpr ber::Type nothing{};
  return layout_ ? *layout_->type : nothing;
}

bool Node::is(ber::Kind kind) const noexcept { return data_ && layout_->type->kind == kind; }

Node Node::member(std::size_t index) const noexcept {
  if (!data_ || (is(ber::Kind::choice) && which() != index + 1)) return {};
  const asn_TYPE_member_t& element = layout_->descriptor->elements[index];
  void* at = at_offset(data_, element.memb_offset);
  if ((element.flags & ATF_POINTER) != 0) at = as<void*>(at);
  return at ? Node(layout_->member(index), at) : Node();
}

Node Node::make(std::size_t index) {
  assert(data_);
  if (is(ber::Kind::choice) && which() != index + 1) {
    asn_TYPE_descriptor_t* choice = layout_->descriptor;
    choice->free_struct(choice, data_, 1);
    std::memset(data_, 0, layout_->size);
    discriminator(*layout_, data_) = static_cast<unsigned>(index + 1);
  }
  const asn_TYPE_member_t& element = layout_->descriptor->elements[index];
  void* at = at_offset(data_, element.memb_offset);
  if ((element.flags & ATF_POINTER) != 0) {
    void*& pointer = as<void*>(at);
    if (!pointer) pointer = allocate(layout_->member(index));
    at = pointer;
  }
  return {layout_->member(index), at};
}

void Node::clear(std::size_t index) noexcept {
  const asn_TYPE_member_t& element = layout_->descriptor->elements[index];
  if ((element.flags & ATF_POINTER) == 0) return;
  void*& pointer = as<void*>(at_offset(data_, element.memb_offset));
  if (pointer) element.type->free_struct(element.type, std::exchange(pointer, nullptr), 0);
}

std::size_t Node::which() const noexcept {
  return is(ber::Kind::choice) ? discriminator(*layout_, data_) : 0;
}

std::size_t Node::size() const noexcept {
  if (!is(ber::Kind::sequence_of)) return 0;
  return static_cast<std::size_t>(as<asn_anonymous_set_>(data_).count);
}

Node Node::element(std::size_t index) const noexcept {
  if (index >= size()) return {};
  void* at = as<asn_anonymous_set_>(data_).array[index];
  return at ? Node(layout_->member(0), at) : Node();
}

Node Node::append() {
  assert(data_);
  const Layout& layout = layout_->member(0);
  void* data = allocate(layout);
  if (data && layout_->compiled->backend().list_append(data_, data) != 0) {
    std::free(data);
    throw std::bad_alloc();
  }
  return data ? Node(layout, data) : Node();
}

bool Node::boolean() const noexcept { return is(ber::Kind::boolean) && as<int>(data_) != 0; }

Integer Node::integer() const noexcept {
  if (!is(ber::Kind::integer)) return {};
  if (layout_->native) return Integer::from_signed(as<long>(data_));
  return ber::parse_integer(view(as<INTEGER_t>(data_))).value_or(Integer());
}

ByteView Node::bytes() const noexcept {
  if (!(is(ber::Kind::octet_string) || is(ber::Kind::utf8_string))) return {};
  return view(as<OCTET_STRING_t>(data_));
}

std::string_view Node::text() const noexcept { return as_text(bytes()); }

void Node::set_boolean(bool value) noexcept {
  assert(is(ber::Kind::boolean));
  as<int>(data_) = value ? 1 : 0;
}

void Node::set_integer(Integer value) {
  assert(is(ber::Kind::integer));
  if (layout_->native) {
    // asn1c takes a long only for a constraint within long: what does not fit is refused by `check`.
    as<long>(data_) = value.as_signed().value_or(std::numeric_limits<long>::max());
    return;
  }
  // Minimal from the start: asn1c's encoder would make it so in place, while others may read.
  std::uint8_t bytes[10];
  const std::uint8_t* end = ber::put_integer(bytes, value);
  assign(as<INTEGER_t>(data_), {bytes + 1, end});
}

void Node::set_bytes(ByteView value) {
  assert(is(ber::Kind::octet_string) || is(ber::Kind::utf8_string));
  assign(as<OCTET_STRING_t>(data_), value);
}

void Node::set_text(std::string_view value) { set_bytes(as_bytes(value)); }

}  // namespace qember::asn1
