// SPDX-License-Identifier: LGPL-2.1-or-later
#include "xml.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace qember::container {
namespace {

constexpr auto none = std::string_view::npos;

/// In UTF-8; nothing for what is no character.
std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80 | (code >> shift & 0x3fU)); };
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xc0 | code >> 6U), tail(0)};
  if (code < 0x10000) return {byte(0xe0 | code >> 12U), tail(6), tail(0)};
  return {byte(0xf0 | code >> 18U), tail(12), tail(6), tail(0)};
}

/// `reference`: what is between & and ;.
std::string replacement(std::string_view reference) {
  using Entity = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Entity, 5> entities{Entity{"lt", "<"}, Entity{"gt", ">"}, Entity{"amp", "&"},
                                           Entity{"quot", "\""}, Entity{"apos", "'"}};
  for (const auto& [name, text] : entities)
    if (reference == name) return std::string(text);
  if (!reference.starts_with('#')) return {};
  const bool is_hex = reference.starts_with("#x");
  const std::string_view digits = reference.substr(is_hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
  return error == std::errc() && end == digits.data() + digits.size() ? utf8(code) : std::string();
}

std::string unescaped(std::string_view text) {
  constexpr std::size_t longest = 10;
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '&' ? text.substr(at, longest).find(';') : none;
    if (end == none) {
      plain += text[at++];
      continue;
    }
    plain += replacement(text.substr(at + 1, end - 1));
    at += end + 1;
  }
  return plain;
}

/// Where the markup ends that begins at `at` with <, behind its last character; comments and CDATA have other
/// ends than tags, and a tag may have > in a quoted value.
std::size_t end_of_markup(std::string_view xml, std::size_t at) {
  const std::string_view rest = xml.substr(at);
  const auto behind = [&](std::string_view end) {
    const std::size_t found = rest.find(end);
    return found == none ? xml.size() : at + found + end.size();
  };
  if (rest.starts_with("<!--")) return behind("-->");
  if (rest.starts_with("<![CDATA[")) return behind("]]>");
  if (rest.starts_with("<?")) return behind("?>");
  char quote = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (quote != 0) {
      if (rest[i] == quote) quote = 0;
    } else if (rest[i] == '"' || rest[i] == '\'') {
      quote = rest[i];
    } else if (rest[i] == '>') {
      return at + i + 1;
    }
  }
  return xml.size();
}

/// Goes through the tags of a text, passing over comments and what else is no tag.
class Tags {
 public:
  explicit Tags(std::string_view xml) : xml_(xml) {}

  /// The next one, `<` and `>` included; nothing at the end.
  std::optional<std::string_view> next() {
    for (std::size_t at = xml_.find('<', at_); at < xml_.size(); at = xml_.find('<', at_)) {
      at_ = end_of_markup(xml_, at);
      const std::string_view tag = xml_.substr(at, at_ - at);
      if (!tag.starts_with("<!") && !tag.starts_with("<?")) return tag;
    }
    return std::nullopt;
  }
  /// The text between it and what follows.
  std::string_view text() const { return xml_.substr(at_, xml_.find('<', at_) - at_); }

 private:
  std::string_view xml_;
  std::size_t at_ = 0;
};

/// The value of an attribute as it stands there; nothing where the tag has none of that name.
std::optional<std::string_view> raw_attribute(std::string_view tag, std::string_view name) {
  for (std::size_t at = tag.find(name); at != none; at = tag.find(name, at + 1)) {
    const std::size_t quote = at + name.size() + 1;
    const bool is_it = at > 0 && tag[at - 1] == ' ' && quote < tag.size() && tag[quote - 1] == '=' &&
                       (tag[quote] == '"' || tag[quote] == '\'');
    if (!is_it) continue;
    const std::size_t end = tag.find(tag[quote], quote + 1);
    if (end == none) return std::nullopt;
    return tag.substr(quote + 1, end - quote - 1);
  }
  return std::nullopt;
}

std::optional<std::string> attribute(std::string_view tag, std::string_view name) {
  const auto raw = raw_attribute(tag, name);
  return raw ? std::optional(unescaped(*raw)) : std::nullopt;
}

/// As the value of an attribute; nothing where it has characters that XML does not.
std::optional<std::string> escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    constexpr char first = ' ';
    constexpr char last = '~';
    if (c < first || c > last) return std::nullopt;
    switch (c) {
      case '<': made += "&lt;"; break;
      case '>': made += "&gt;"; break;
      case '&': made += "&amp;"; break;
      case '"': made += "&quot;"; break;
      case '\'': made += "&apos;"; break;
      default: made += c;
    }
  }
  return made;
}

std::optional<std::uint64_t> address_of(std::string_view text) {
  const int radix = text.starts_with("0x") ? 16 : 10;
  if (radix == 16) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number ? std::optional(value) : std::nullopt;
}

/// What is known of the `<memory>` at hand.
struct OpenMemory {
  std::string model;
  std::optional<std::string> alias, slot, base;

  std::optional<DomainMemory> finished() const {
    const auto address = base ? address_of(*base) : std::nullopt;
    if (!address || (!alias && !slot)) return std::nullopt;
    return DomainMemory{alias ? *alias : model + *slot, *address};
  }
};

}  // namespace

std::vector<DomainMemory> memory_of_domain(std::string_view xml) {
  std::vector<DomainMemory> found;
  std::optional<OpenMemory> open;
  Tags tags(xml);
  while (const auto next = tags.next()) {
    const std::string_view tag = *next;
    if (tag.starts_with("<memory ") && !tag.ends_with("/>")) {
      open = OpenMemory{attribute(tag, "model").value_or(""), {}, {}, {}};
    } else if (open && tag.starts_with("<alias ")) {
      open->alias = attribute(tag, "name");
    } else if (open && tag.starts_with("<address ")) {
      open->slot = attribute(tag, "slot");
      open->base = attribute(tag, "base");
    } else if (open && tag == "</memory>") {
      if (auto memory = open->finished()) found.push_back(std::move(*memory));
      open.reset();
    }
  }
  return found;
}

std::optional<std::string> with_machine(std::string_view xml, std::string_view machine) {
  const auto value = escaped(machine);
  std::optional<std::string_view> found;
  std::vector<std::string_view> open;
  Tags tags(xml);
  while (const auto next = tags.next()) {
    const std::string_view tag = *next;
    if (tag.starts_with("</")) {
      if (!open.empty()) open.pop_back();
      continue;
    }
    const bool is_type = open.size() == 2 && open.back() == "os" && tag.starts_with("<type ");
    const auto here = is_type ? raw_attribute(tag, "machine") : std::nullopt;
    if (here && found) return std::nullopt;
    if (here) found = here;
    if (!tag.ends_with("/>")) open.push_back(tag.substr(1, tag.find_first_of(" \t\r\n>") - 1));
  }
  if (!found || !value) return std::nullopt;
  const auto begin = static_cast<std::size_t>(found->data() - xml.data());
  return std::string(xml.substr(0, begin)) + *value + std::string(xml.substr(begin + found->size()));
}

DomainNames names_of_domain(std::string_view xml) {
  DomainNames names;
  std::size_t depth = 0;
  Tags tags(xml);
  while (const auto next = tags.next()) {
    const std::string_view tag = *next;
    if (tag.starts_with("</")) {
      if (depth <= 1) break;
      --depth;
      continue;
    }
    if (tag.ends_with("/>")) continue;
    ++depth;
    std::string* const text = tag == "<name>" ? &names.name : tag == "<uuid>" ? &names.uuid : nullptr;
    if (depth == 2 && text != nullptr && text->empty()) *text = unescaped(tags.text());
  }
  return names;
}

}  // namespace qember::container
