// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/ber/schema_data.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace qember::ber {
namespace {

constexpr std::string_view first_words = "qember-schema 1 ";
constexpr std::array kinds{Kind::boolean,      Kind::integer,     Kind::null,
                           Kind::octet_string, Kind::utf8_string, Kind::sequence,
                           Kind::sequence_of,  Kind::choice,      Kind::other};

std::string_view take_until(std::string_view& text, char end) {
  const std::string_view word = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

/// A name of ASN.1; `also` is another character that it may have.
bool is_identifier(std::string_view name, char also = '-') {
  constexpr std::size_t longest = 255;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_part = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == also;
  };
  return !name.empty() && is_letter(name[0]) && name.size() <= longest && std::ranges::all_of(name, is_part);
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

/// Reads line by line; a function that returns false has said why in `error`.
class SchemaParser {
 public:
  explicit SchemaParser(std::string_view text) : data_(new SchemaData), text_(text), size_(text.size()) {}

  bool parse() {
    if (size_ > SchemaData::max_size)
      return refuse(fmt::format("at most {} bytes", SchemaData::max_size), fmt::to_string(size_));
    std::string_view line = next_line();
    if (!line.starts_with(first_words))
      return refuse("qember-schema 1, as in the file schema.data of qember_add_schema",
                    hex_excerpt(as_bytes(line)));
    line.remove_prefix(first_words.size());
    if (!is_fingerprint(line)) return refuse("a fingerprint of 16 digits", hex_excerpt(as_bytes(line)));
    data_->schema_.fingerprint = keep(line);
    while (!text_.empty()) {
      line_ = next_line();
      if (!read_line()) return false;
    }
    return finish();
  }

  std::unique_ptr<SchemaData> take() { return std::move(data_); }
  Error error;

 private:
  bool refuse(std::string expected, std::string found) {
    error = {Errc::bad_value, line_at_, fmt::format("line {}", line_number_), std::move(expected),
             std::move(found)};
    return false;
  }

  std::string_view next_line() {
    line_at_ = size_ - text_.size();
    ++line_number_;
    return take_until(text_, '\n');
  }

  std::string_view keep(std::string_view text) { return data_->names_.emplace_back(text); }

  bool read_line() {
    const std::string_view word = take_until(line_, ' ');
    if (word == "type") return read_type();
    if (word == "member") return read_member();
    return refuse("a type or a member", hex_excerpt(as_bytes(word)));
  }

  bool number(std::uint64_t& value, std::uint64_t most) {
    const std::string_view word = take_until(line_, ' ');
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failed == std::errc() && end == word.data() + word.size() && value <= most) return true;
    return refuse(fmt::format("a number up to {}", most), hex_excerpt(as_bytes(word)));
  }

  bool kind(Kind& kind) {
    std::uint64_t value = 0;
    if (!number(value, kinds.size() - 1)) return false;
    kind = kinds[value];
    return true;
  }

  bool tag(Tag& tag) {
    std::uint64_t of_class = 0;
    std::uint64_t value = 0;
    if (!number(of_class, 3) || !number(value, max_tag_number)) return false;
    tag = {static_cast<std::uint32_t>(value), static_cast<TagClass>(of_class)};
    return true;
  }

  bool read_type() {
    if (data_->types_.size() == SchemaData::max_types)
      return refuse(fmt::format("at most {} types", SchemaData::max_types), "more");
    const std::string_view name = take_until(line_, ' ');
    if (!is_identifier(name, '_')) return refuse("the name of a type", hex_excerpt(as_bytes(name)));
    Type type;
    std::string& kept = data_->names_.emplace_back(name);
    std::ranges::replace(kept, '_', ' ');
    type.name = kept;
    if (!kind(type.kind)) return false;
    bool has_size = false;
    if (!properties(type, has_size, [&](std::string_view word) {
          (word == "named" ? type.named : type.extensible) = true;
          return word == "named" || word == "extensible";
        }))
      return false;
    data_->types_.push_back(type);
    data_->members_.emplace_back();
    return true;
  }

  bool read_member() {
    if (data_->types_.empty()) return refuse("a type before its members", "a member");
    const Kind of = data_->types_.back().kind;
    auto& members = data_->members_.back();
    const std::string_view name = take_until(line_, ' ');
    const bool is_element = of == Kind::sequence_of;
    if (is_element ? name != "-" || !members.empty()
                   : !is_identifier(name) || (of != Kind::sequence && of != Kind::choice))
      return refuse("a member of the type before", hex_excerpt(as_bytes(name)));
    Member member;
    if (!is_element) member.name = keep(name);
    std::uint64_t index = 0;
    if (!number(index, SchemaData::max_types - 1)) return false;
    member.type = static_cast<std::uint16_t>(index);
    bool has_size = false;
    if (!properties(member, has_size,
                    [&](std::string_view word) { return member.optional = word == "optional"; }))
      return false;
    members.push_back(member);
    return true;
  }

  /// What types and members have, and what `other` takes.
  template <class T, class Other>
  bool properties(T& of, bool& has_size, const Other& other) {
    std::vector<Tag> inner;
    while (!line_.empty()) {
      const std::string_view word = take_until(line_, ' ');
      if (word == "tag") {
        of.tagged = true;
        if (!tag(of.tag)) return false;
      } else if (word == "inner") {
        if (!tag(inner.emplace_back())) return false;
      } else if (word == "size" && !has_size) {
        has_size = true;
        constexpr auto any = std::numeric_limits<std::uint64_t>::max();
        if (!number(of.size.min, any) || !number(of.size.max, any)) return false;
      } else if (!other(word)) {
        return refuse("a property of a type or member", hex_excerpt(as_bytes(word)));
      }
    }
    if (!inner.empty()) of.inner_tags = data_->tags_.emplace_back(std::move(inner));
    return true;
  }

  /// That types refer to types, that a member without a tag is a CHOICE or what asn1c alone reads, and that
  /// no CHOICE is without a tag within itself or takes too long to look through: what follows it would not
  /// end.
  bool finish() {
    auto& types = data_->types_;
    for (std::size_t i = 0; i < types.size(); ++i) {
      types[i].members = data_->members_[i];
      if (types[i].kind == Kind::sequence_of && types[i].members.empty())
        return refuse(fmt::format("the element of {}", types[i].name), "none");
      if (types[i].kind == Kind::choice && types[i].members.empty())
        return refuse(fmt::format("an alternative of {}", types[i].name), "none");
      for (const Member& member : types[i].members)
        if (!sound(member)) return false;
    }
    std::vector<Search> known(types.size());
    for (std::size_t i = 0; i < types.size(); ++i)
      if (search(i, known).steps > most_steps)
        return refuse(fmt::format("a CHOICE of at most {} tags, {} deep, which is not in itself without one",
                                  most_steps, most_levels),
                      std::string(types[i].name));
    data_->schema_.types = types;
    return true;
  }

  bool sound(const Member& member) {
    const auto& types = data_->types_;
    if (member.type >= types.size())
      return refuse(fmt::format("one of {} types", types.size()), fmt::to_string(member.type));
    const Kind kind = types[member.type].kind;
    return member.tagged || kind == Kind::choice || kind == Kind::other ||
           refuse(fmt::format("a tag of {}", types[member.type].name), "none");
  }

  static constexpr std::size_t most_steps = 4096;
  static constexpr std::size_t most_levels = 64;

  /// What it takes to look for a tag in a CHOICE and in the untagged ones within.
  struct Search {
    std::size_t steps = 0;  ///< 0 where it is not known yet, more than enough where it is too much
    std::size_t levels = 1;
  };

  /// Too much while it is being found out, so that a CHOICE in itself is.
  Search search(std::size_t index, std::vector<Search>& known) const {
    constexpr Search endless{most_steps + 1, 1};
    if (data_->types_[index].kind != Kind::choice) return {1, 1};
    if (known[index].steps != 0) return known[index];
    known[index] = endless;
    Search all;
    for (const Member& member : data_->types_[index].members) {
      const Search inner = member.tagged ? Search{1, 0} : search(member.type, known);
      all.steps += inner.steps;
      all.levels = std::max(all.levels, inner.levels + 1);
    }
    return known[index] = all.steps > most_steps || all.levels > most_levels ? endless : all;
  }

  std::unique_ptr<SchemaData> data_;
  std::string_view text_;
  std::size_t size_;
  std::string_view line_;
  std::size_t line_at_ = 0;
  std::size_t line_number_ = 0;
};

Result<std::unique_ptr<const SchemaData>> SchemaData::parse(std::string_view text) {
  SchemaParser parser(text);
  if (!parser.parse()) return std::move(parser.error);
  return std::unique_ptr<const SchemaData>(parser.take());
}

}  // namespace qember::ber
