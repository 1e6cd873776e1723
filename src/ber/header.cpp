// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace qember::ber {
namespace {

struct Cursor {
  ByteView in;
  std::size_t at = 0;

  bool at_end() const { return at == in.size(); }
  std::uint8_t take() { return in[at++]; }
};

HeaderOutcome parse_tag(Cursor& cursor, Header& out) noexcept {
  if (cursor.at_end()) return HeaderOutcome::need_more;
  const std::uint8_t lead = cursor.take();
  out.tag.tag_class = static_cast<TagClass>(lead >> 6U);
  out.constructed = (lead & 0x20U) != 0;
  out.tag.number = lead & 0x1fU;
  if (out.tag.number != 0x1f) return HeaderOutcome::ok;

  std::uint32_t number = 0;
  for (bool first = true;; first = false) {
    if (cursor.at_end()) return HeaderOutcome::need_more;
    const std::uint8_t byte = cursor.take();
    if (first && byte == 0x80) return HeaderOutcome::padded_tag;
    if (number > (max_tag_number >> 7U)) return HeaderOutcome::tag_too_large;
    number = (number << 7U) | (byte & 0x7fU);
    if ((byte & 0x80U) == 0) break;
  }
  if (number < 31) return HeaderOutcome::long_form_small_tag;
  out.tag.number = number;
  return HeaderOutcome::ok;
}

HeaderOutcome parse_length(Cursor& cursor, Header& out) noexcept {
  if (cursor.at_end()) return HeaderOutcome::need_more;
  const std::uint8_t lead = cursor.take();
  out.indefinite = false;
  out.length = lead;
  if (lead < 0x80) return HeaderOutcome::ok;
  if (lead == 0x80) {
    if (!out.constructed) return HeaderOutcome::primitive_indefinite;
    out.indefinite = true;
    out.length = 0;
    return HeaderOutcome::ok;
  }
  if (lead == 0xff) return HeaderOutcome::reserved_length;
  const unsigned bytes = lead & 0x7fU;
  if (bytes > 8) return HeaderOutcome::length_too_large;
  if (cursor.in.size() - cursor.at < bytes) return HeaderOutcome::need_more;
  std::uint64_t length = 0;
  for (unsigned i = 0; i < bytes; ++i) length = (length << 8U) | cursor.take();
  if (length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return HeaderOutcome::length_too_large;
  out.length = length;
  return HeaderOutcome::ok;
}

struct Text {
  Errc code;
  std::string_view expected;
};

Text text_of(HeaderOutcome outcome) {
  switch (outcome) {
    case HeaderOutcome::padded_tag: return {Errc::bad_tag, "a tag without padding"};
    case HeaderOutcome::long_form_small_tag: return {Errc::bad_tag, "a tag below 31 in one byte"};
    case HeaderOutcome::tag_too_large: return {Errc::bad_tag, "a tag below 2^30"};
    case HeaderOutcome::reserved_length: return {Errc::bad_length, "a length octet other than ff"};
    case HeaderOutcome::length_too_large: return {Errc::bad_length, "a length below 2^63 in at most 8 bytes"};
    case HeaderOutcome::primitive_indefinite:
      return {Errc::bad_length, "a definite length for a primitive encoding"};
    case HeaderOutcome::bad_end_of_contents: return {Errc::bad_length, "end-of-contents 00 00"};
    case HeaderOutcome::ok:
    case HeaderOutcome::need_more: break;
  }
  return {Errc::internal, "a header"};
}

std::string_view universal_name(std::uint32_t number) {
  switch (number) {
    case 0: return "end-of-contents";
    case 1: return "BOOLEAN";
    case 2: return "INTEGER";
    case 3: return "BIT STRING";
    case 4: return "OCTET STRING";
    case 5: return "NULL";
    case 6: return "OBJECT IDENTIFIER";
    case 10: return "ENUMERATED";
    case 12: return "UTF8String";
    case 16: return "SEQUENCE";
    case 17: return "SET";
    default: return {};
  }
}

}  // namespace

HeaderOutcome parse_header(ByteView in, Header& out) noexcept {
  Cursor cursor{in};
  Header header;
  if (const auto outcome = parse_tag(cursor, header); outcome != HeaderOutcome::ok) return outcome;
  if (const auto outcome = parse_length(cursor, header); outcome != HeaderOutcome::ok) return outcome;
  header.size = static_cast<std::uint8_t>(cursor.at);
  if (header.is_end_of_contents() && (header.constructed || header.length != 0 || header.size != 2))
    return HeaderOutcome::bad_end_of_contents;
  out = header;
  return HeaderOutcome::ok;
}

Error header_error(HeaderOutcome outcome, ByteView in, std::uint64_t offset, std::string path) {
  const Text text = text_of(outcome);
  return {text.code, offset, std::move(path), std::string(text.expected), hex_excerpt(in)};
}

std::string tag_excerpt(ByteView in) {
  Header header;
  if (parse_header(in, header) != HeaderOutcome::ok) return hex_excerpt(in);
  return fmt::format("{} ({})", to_string(header.tag), hex_excerpt(in));
}

std::string to_string(Tag tag) {
  switch (tag.tag_class) {
    case TagClass::universal: {
      const std::string_view name = universal_name(tag.number);
      return name.empty() ? fmt::format("[UNIVERSAL {}]", tag.number) : std::string(name);
    }
    case TagClass::application: return fmt::format("[APPLICATION {}]", tag.number);
    case TagClass::context: return fmt::format("[{}]", tag.number);
    case TagClass::private_use: return fmt::format("[PRIVATE {}]", tag.number);
  }
  return {};
}

}  // namespace qember::ber
