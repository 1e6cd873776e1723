// SPDX-License-Identifier: LGPL-2.1-or-later
#include "field_value.hpp"

#include <qember/advanced/vm/selector.hpp>

#include "../../device/layout.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

using device::Field;
using device::FieldKind;

/// Least significant byte first where the field has it so.
void store(const Field& field, std::uint64_t value, MutableBytes to) {
  for (std::size_t i = 0; i < to.size(); ++i, value >>= 8U)
    to[field.part != nullptr && field.part->little ? i : to.size() - 1 - i] =
        static_cast<std::uint8_t>(value & 0xffU);
}

std::string store_unsigned(const Field& field, std::string_view text, MutableBytes to) {
  const std::uint64_t most = ~std::uint64_t{0} >> (64 - 8 * to.size());
  const auto value = parse_number(text);
  if (!value || *value > most) return fmt::format("a number from 0 to {}", most);
  return store(field, *value, to), "";
}

std::string store_signed(const Field& field, std::string_view text, MutableBytes to) {
  const std::uint64_t most = ~std::uint64_t{0} >> (65 - 8 * to.size());
  const bool is_negative = text.starts_with('-');
  const auto value = parse_number(text.substr(is_negative ? 1 : 0));
  if (!value || *value > most + (is_negative ? 1 : 0))
    return fmt::format("a number from -{} to {}", most + 1, most);
  return store(field, is_negative ? 0 - *value : *value, to), "";
}

std::string store_buffer(std::string_view text, MutableBytes to) {
  const bool is_text = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (is_text) {
    text = text.substr(1, text.size() - 2);
    if (text.size() >= to.size()) return fmt::format("a text of less than {} bytes", to.size());
    std::ranges::fill(to, std::uint8_t{0});
    std::ranges::copy(as_bytes(text), to.begin());
    return "";
  }
  const auto bytes = parse_hex(text);
  if (!bytes || bytes->size() != to.size())
    return fmt::format("{} bytes in hexadecimal, or a text in double quotes", to.size());
  std::ranges::copy(*bytes, to.begin());
  return "";
}

}  // namespace

std::optional<Bytes> parse_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    if (at + 1 == text.size()) return std::nullopt;
    const auto high = digit(text[at]);
    const auto low = digit(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
    at += 2;
  }
  return bytes;
}

std::optional<std::pair<std::string, std::uint64_t>> split_offset(std::string_view text) {
  const std::size_t plus = text.rfind('+');
  if (plus == 0 || plus == std::string_view::npos) return std::nullopt;
  const auto offset = parse_number(text.substr(plus + 1));
  if (!offset) return std::nullopt;
  return std::pair(std::string(text.substr(0, plus)), *offset);
}

std::string store_value(const Field& field, std::string_view text, MutableBytes to) {
  switch (field.kind) {
    case FieldKind::unsigned_integer:
    case FieldKind::bitmap: return store_unsigned(field, text, to);
    case FieldKind::signed_integer: return store_signed(field, text, to);
    case FieldKind::boolean:
      if (text != "true" && text != "false") return "true or false";
      to[0] = text == "true" ? 1 : 0;
      return "";
    case FieldKind::buffer: return store_buffer(text, to);
    // Whether something follows is not a value of its own.
    case FieldKind::pointer: return "a value, not what says whether one follows";
    case FieldKind::structure:
    case FieldKind::list: break;
  }
  return "a single value";
}

}  // namespace qember::vm
