// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/value_text.hpp>

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/device/meaning.hpp>
#include <qember/advanced/device/saved_device.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::device {
namespace {

constexpr std::uint64_t bitmap_word = 8;
constexpr std::size_t most_bytes = 16;  ///< of a buffer that is shown whole
constexpr std::size_t first_bytes = 8;  ///< of one that is not
constexpr std::size_t most_text = 48;

std::uint64_t low_bits(const Field& field, Integer value) {
  const std::uint64_t size = integer_size(field);
  return size >= 8 ? value.bits() : value.bits() & ((std::uint64_t{1} << (8 * size)) - 1);
}

std::string bytes_text(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
  return text;
}

/// `"running" and 93 zeros`, of a buffer that is nothing but a text in ASCII; else empty.
std::string ascii_text(ByteView bytes) {
  constexpr std::ptrdiff_t least = 3;
  const auto end = std::ranges::find(bytes, 0);
  const bool is_text =
      std::all_of(bytes.begin(), end, [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; });
  const bool is_padded = std::all_of(end, bytes.end(), [](std::uint8_t byte) { return byte == 0; });
  const auto size = end - bytes.begin();
  if (!is_text || !is_padded || size < least || size > static_cast<std::ptrdiff_t>(most_text)) return {};
  const auto zeros = static_cast<std::uint64_t>(bytes.end() - end);
  return fmt::format("\"{}\"{}", printable(as_text(bytes).substr(0, static_cast<std::size_t>(size))),
                     zeros == 0 ? "" : fmt::format(" and {}", counted(zeros, "zero byte")));
}

std::string buffer_text(ByteView bytes) {
  if (bytes.empty()) return "empty";
  if (bytes.size() > 1 && std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }))
    return counted(bytes.size(), "byte") + ", all zero";
  if (std::string text = ascii_text(bytes); !text.empty()) return text;
  if (bytes.size() <= most_bytes) return bytes_text(bytes);
  return fmt::format("{}: {} … digest {:016x}", counted(bytes.size(), "byte"),
                     bytes_text(bytes.first(first_bytes)), digest_of(bytes).high);
}

constexpr std::uint64_t digits = 10;  // below it the hexadecimal form is no other

std::string number_text(const Field& field, Integer value) {
  if (field.type == "timer" && value == Integer::from_signed(-1)) return "-1 (not armed)";
  if (!value.negative()) return to_string(StateValue(value));
  return fmt::format("{} ({:#x})", to_string(value), low_bits(field, value));
}

std::string integer_text(const Field& field, Integer value) {
  const std::string known = meaning(field, value);
  return known.empty() ? number_text(field, value) : fmt::format("{}  {}", number_text(field, value), known);
}

std::string boolean_text(const Field& field, bool value) {
  if (field.kind == FieldKind::pointer) return value ? "set" : "null";
  return to_string(StateValue(value));
}

std::string integer_json(const Field& field, Integer value) {
  std::string text = fmt::format(R"({{"value":{},"hex":"{}")", to_string(value), hex_text(field, value));
  if (const std::string known = meaning(field, value); !known.empty())
    text += fmt::format(R"(,"meaning":"{}")", known);
  return text + "}";
}

}  // namespace

std::uint64_t integer_size(const Field& field) noexcept {
  return field.kind == FieldKind::bitmap ? bitmap_word : field.size;
}

std::string hex_text(const Field& field, Integer value) {
  return fmt::format("0x{:0{}x}", low_bits(field, value), 2 * integer_size(field));
}

std::string to_string(const StateValue& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  const auto* const integer = std::get_if<Integer>(&value);
  if (integer == nullptr) return buffer_text(std::get<ByteView>(value));
  std::string number = to_string(*integer);
  if (integer->negative() || integer->bits() < digits) return number;
  return fmt::format("{} ({:#x})", number, integer->bits());
}

std::string value_text(const Field& field, const StateValue& value) {
  if (const auto* integer = std::get_if<Integer>(&value)) return integer_text(field, *integer);
  if (const auto* boolean = std::get_if<bool>(&value)) return boolean_text(field, *boolean);
  return to_string(value);
}

std::string short_text(const Field& field, const StateValue& value) {
  const auto* const integer = std::get_if<Integer>(&value);
  if (integer == nullptr) return value_text(field, value);
  return integer->negative() || integer->bits() < digits ? to_string(*integer)
                                                         : fmt::format("{:#x}", integer->bits());
}

std::string run_text(const std::string& text, std::uint64_t count) {
  return count == 1 ? text : fmt::format("{} ×{}", text, count);
}

std::string bytes_json(ByteView bytes) {
  constexpr std::size_t most_whole = 64;
  std::string text = fmt::format(R"({{"size":{},"digest":"{}")", bytes.size(), to_string(digest_of(bytes)));
  if (bytes.size() > most_whole) return text + "}";
  text += R"(,"octets":")";
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text + "\"}";
}

std::string value_json(const Field& field, const StateValue& value) {
  if (const auto* integer = std::get_if<Integer>(&value)) return integer_json(field, *integer);
  if (const auto* boolean = std::get_if<bool>(&value)) return fmt::format("{{\"value\":{}}}", *boolean);
  return bytes_json(std::get<ByteView>(value));
}

std::string element_type(const Field& field) {
  const bool is_structure =
      field.kind == FieldKind::structure && field.groups.size() == 1 && !field.groups.front().name.empty();
  return printable(is_structure ? field.groups.front().name : field.type);
}

std::string type_text(const Field& field) {
  std::string text = element_type(field);
  if (field.kind == FieldKind::list) text += fmt::format("[{}]", field.groups.size());
  if (field.kind == FieldKind::bitmap) text += fmt::format("[{}]", field.size / bitmap_word);
  if (field.array_len) text += fmt::format("[{}]", *field.array_len);
  return text;
}

}  // namespace qember::device
