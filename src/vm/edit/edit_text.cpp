// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits as people and scripts write them.
#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/selector.hpp>

#include "../whole_text.hpp"
#include "field_value.hpp"
#include "names.hpp"
#include "refusal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

/// `WHAT=TO`, or `WHAT` alone.
struct Words {
  std::string what;
  std::string to;
};

constexpr std::uint64_t most_vectors = 2048;

Result<Edit> make_resize(Words&& words) {
  const auto length = parse_number(words.to);
  if (!length || *length == 0) return refuse_edit("resize-block", "a number of bytes", words.to);
  return Edit(ResizeBlock{std::move(words.what), *length});
}

template <class E>
Result<Edit> make_bytes(Words&& words, std::string_view kind) {
  auto bytes = parse_hex(words.to);
  if (!bytes || bytes->empty()) return refuse_edit(kind, "bytes in hexadecimal", words.to);
  return Edit(E{std::move(words.what), std::move(*bytes)});
}

Result<Edit> make_vectors(Words&& words) {
  const auto count = parse_number(words.to);
  if (!count || *count > most_vectors)
    return refuse_edit("vectors", fmt::format("a number from 0 to {}", most_vectors), words.to);
  return Edit(SetVectors{std::move(words.what), static_cast<std::uint32_t>(*count)});
}

Result<Edit> make_patch(Words&& words) {
  if (!split_offset(words.what)) return refuse_edit("bytes", "DEVICE+OFFSET", words.what);
  return make_bytes<SetBytes>(std::move(words), "bytes");
}

/// NAME, or NAME/INSTANCE where what is behind the last slash is a number.
Result<Edit> make_rename(Words&& words) {
  RenameSection edit{std::move(words.what), std::move(words.to), {}};
  const std::size_t slash = edit.name.rfind('/');
  const auto number =
      slash == std::string::npos ? std::nullopt : parse_number(std::string_view(edit.name).substr(slash + 1));
  if (number && *number <= ~std::uint32_t{0}) {
    edit.instance = static_cast<std::uint32_t>(*number);
    edit.name.resize(slash);
  }
  return Edit(std::move(edit));
}

std::string to_hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

struct Kind {
  std::string_view name;
  bool has_value;
  Result<Edit> (*make)(Words&& words);
  Words (*words)(const Edit& edit);
};

template <class E>
const E& as(const Edit& edit) {
  return *std::get_if<E>(&edit);
}

// In the order of `Edit`.
constexpr std::array kinds{
    Kind{"set", true,
         [](Words&& words) { return Result<Edit>(SetField{std::move(words.what), std::move(words.to)}); },
         [](const Edit& edit) { return Words{as<SetField>(edit).field, as<SetField>(edit).value}; }},
    Kind{"machine", false, [](Words&& words) { return Result<Edit>(SetMachine{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<SetMachine>(edit).name, {}}; }},
    Kind{"resize-block", true, make_resize,
         [](const Edit& edit) {
           return Words{as<ResizeBlock>(edit).block, fmt::to_string(as<ResizeBlock>(edit).length)};
         }},
    Kind{"rename-block", true,
         [](Words&& words) { return Result<Edit>(RenameBlock{std::move(words.what), std::move(words.to)}); },
         [](const Edit& edit) { return Words{as<RenameBlock>(edit).block, as<RenameBlock>(edit).name}; }},
    Kind{"drop-block", false, [](Words&& words) { return Result<Edit>(DropBlock{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<DropBlock>(edit).block, {}}; }},
    Kind{"drop-section", false,
         [](Words&& words) { return Result<Edit>(DropSection{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<DropSection>(edit).device, {}}; }},
    Kind{"rename-section", true, make_rename,
         [](const Edit& edit) {
           const auto& rename = as<RenameSection>(edit);
           return Words{rename.device,
                        rename.instance ? fmt::format("{}/{}", rename.name, *rename.instance) : rename.name};
         }},
    Kind{"drop-subsection", false,
         [](Words&& words) { return Result<Edit>(DropSubsection{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<DropSubsection>(edit).subsection, {}}; }},
    Kind{"clear-feature", false,
         [](Words&& words) { return Result<Edit>(ClearFeature{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<ClearFeature>(edit).feature, {}}; }},
    Kind{"bytes", true, make_patch,
         [](const Edit& edit) { return Words{as<SetBytes>(edit).where, to_hex(as<SetBytes>(edit).bytes)}; }},
    Kind{"vectors", true, make_vectors,
         [](const Edit& edit) {
           return Words{as<SetVectors>(edit).device, fmt::to_string(as<SetVectors>(edit).count)};
         }},
    Kind{"add-default", false, [](Words&& words) { return Result<Edit>(AddDefault{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<AddDefault>(edit).field, {}}; }},
    Kind{"mend-requests", false,
         [](Words&& words) { return Result<Edit>(MendRequests{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<MendRequests>(edit).device, {}}; }},
    Kind{
        "memory", true, [](Words&& words) { return make_bytes<SetMemory>(std::move(words), "memory"); },
        [](const Edit& edit) { return Words{as<SetMemory>(edit).where, to_hex(as<SetMemory>(edit).bytes)}; }},
    Kind{"drop-command", false,
         [](Words&& words) { return Result<Edit>(DropCommand{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<DropCommand>(edit).name, {}}; }},
    Kind{"drop-configuration", false,
         [](Words&& words) { return Result<Edit>(DropConfiguration{std::move(words.what)}); },
         [](const Edit& edit) { return Words{as<DropConfiguration>(edit).name, {}}; }},
};
static_assert(kinds.size() == std::variant_size_v<Edit>);

constexpr auto kind_names = [] {
  std::array<std::string_view, kinds.size()> names;
  std::ranges::transform(kinds, names.begin(), &Kind::name);
  return names;
}();

const Kind* find_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &Kind::name);
  return found == kinds.end() ? nullptr : &*found;
}

Error unknown_kind(std::string_view kind) {
  Closest closest(kind);
  for (const std::string_view each : kind_names) closest.consider(each);
  return refuse_edit("edit", "a kind of edit", std::string(kind) + closest.hint());
}

Result<Edit> make(const Kind& kind, Words&& words) {
  if (words.what.empty()) return refuse_edit(kind.name, "what is to be edited", "nothing");
  auto edit = kind.make(std::move(words));
  if (!edit) return edit;
  if (auto status = check_name(*edit); !status) return std::move(status.error());
  return edit;
}

/// A value of a script as the text of an argument.
std::optional<std::string> text_of(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array())
    return value.is_primitive() && !value.is_null() ? std::optional(value.dump()) : std::nullopt;
  std::string text = "[";
  for (const auto& each : value) {
    const auto element = each.is_structured() ? std::nullopt : text_of(each);
    if (!element) return std::nullopt;
    text += (text.size() == 1 ? "" : ",") + *element;
  }
  return text + ']';
}

}  // namespace

std::span<const std::string_view> edit_kinds() noexcept { return kind_names; }

Result<Edit> parse_edit(std::string_view kind, std::string_view argument) {
  const Kind* const found = find_kind(kind);
  if (found == nullptr) return unknown_kind(kind);
  if (!found->has_value) return make(*found, {std::string(argument), {}});
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos) return refuse_edit(kind, "WHAT=VALUE", std::string(argument));
  return make(*found, {std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1))});
}

Result<Edit> parse_edit(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const auto other = [&](std::string expected) {
    return refuse_edit("script", std::move(expected), std::string(line));
  };
  if (!json.is_object()) return other("a JSON object a line");
  const Kind* kind = nullptr;
  Words words;
  bool has_value = false;
  for (const auto& [key, value] : json.items()) {
    if (key == "to") {
      auto text = text_of(value);
      if (!text) return other("a number, a text, true, false or a list of them for \"to\"");
      words.to = std::move(*text);
      has_value = true;
    } else if (kind != nullptr) {
      return other("one edit an object");
    } else {
      kind = find_kind(key);
      if (kind == nullptr) return unknown_kind(key);
      if (!value.is_string()) return other(fmt::format("a text for {:?}", key));
      words.what = value.get<std::string>();
    }
  }
  if (kind == nullptr) return other("a kind of edit");
  if (has_value != kind->has_value)
    return other(fmt::format("{} \"to\" for {:?}", kind->has_value ? "a" : "no", kind->name));
  return make(*kind, std::move(words));
}

Result<std::vector<Edit>> read_script(io::ByteSource& script, const Limits& limits) {
  const auto bytes = read_whole_text(script, {"max_description", limits.max_description}, "script");
  if (!bytes) return bytes.error();
  std::vector<Edit> edits;
  const std::string_view text = as_text(*bytes);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      auto edit = parse_edit(line);
      if (edit && edits.size() == most_edits)
        edit = Error{Errc::limit, 0, "script", fmt::format("at most {} edits", most_edits), "more"};
      if (!edit) {
        edit.error().offset = at;
        return std::move(edit.error());
      }
      edits.push_back(std::move(*edit));
    }
    at = end + 1;
  }
  return edits;
}

std::pair<std::string_view, std::string> to_words(const Edit& edit) {
  const Kind& kind = kinds[edit.index()];
  const Words words = kind.words(edit);
  return {kind.name, kind.has_value ? words.what + '=' + words.to : words.what};
}

std::string to_line(const Edit& edit) {
  const Kind& kind = kinds[edit.index()];
  Words words = kind.words(edit);
  nlohmann::ordered_json line{{kind.name, std::move(words.what)}};
  if (kind.has_value) line.emplace("to", std::move(words.to));
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace qember::vm
