// SPDX-License-Identifier: LGPL-2.1-or-later
#include "description_changes.hpp"

#include "json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::vm {
namespace {

using device::Device;
using device::Field;
using device::Structure;

/// Walks the text and what was read of it side by side, as description.cpp read it.
class Rewriter {
 public:
  explicit Rewriter(const DescriptionChanges& changes) : changes_(changes) {}

  std::string root(std::string_view json, const device::Description& description) const {
    std::size_t next = 0;
    return members(json, [&](const JsonItems::Item& item) -> std::optional<std::string> {
      if (item.key != "devices" || !item.value.starts_with('[')) return std::string(item.value);
      return elements(item.value, [&](std::string_view value) -> std::optional<std::string> {
        const bool is_device = value.starts_with('{') && next < description.devices().size();
        return is_device ? device(value, description.devices()[next++]) : std::string(value);
      });
    });
  }

 private:
  /// Makes an object of what `each` makes of its members; nothing leaves one out.
  template <class Each>
  static std::string members(std::string_view group, const Each& each) {
    JsonItems items(group);
    JsonGroup made(group);
    while (const auto item = items.next())
      if (const auto value = each(*item)) made.keep(*item, *value);
    return std::move(made).finish(items.rest());
  }
  template <class Each>
  static std::string elements(std::string_view group, const Each& each) {
    return members(group, [&](const JsonItems::Item& item) { return each(item.value); });
  }

  std::optional<std::string> device(std::string_view json, const Device& device) const {
    if (changes_.dropped.contains(&device)) return std::nullopt;
    const auto renamed = changes_.renamed.find(&device);
    std::string text = structure(json, device.state);
    if (renamed == changes_.renamed.end()) return text;
    const SectionName& to = renamed->second;
    return members(text, [&](const JsonItems::Item& item) -> std::optional<std::string> {
      if (item.key == "name") return nlohmann::json(to.name).dump();
      return item.key == "instance_id" ? fmt::to_string(to.instance) : std::string(item.value);
    });
  }

  /// How much of a structure the text has gone through.
  struct Progress {
    const Structure* structure = nullptr;
    std::size_t fields = 0;
    std::size_t subsections = 0;
  };

  std::string structure(std::string_view json, const Structure& structure) const {
    Progress progress{&structure};
    return members(json, [&](const JsonItems::Item& item) { return part(item, progress); });
  }

  /// A member of a structure, which may stand in a field itself.
  std::optional<std::string> part(const JsonItems::Item& item, Progress& in) const {
    if (in.structure == nullptr || !item.value.starts_with('[')) return std::string(item.value);
    if (item.key == "fields")
      return elements(item.value, [&](std::string_view value) -> std::optional<std::string> {
        const bool is_field = value.starts_with('{') && in.fields < in.structure->fields.size();
        if (!is_field) return std::string(value);
        const Field& each = in.structure->fields[in.fields++];
        return field(value, each) + added_behind(each);
      });
    return item.key == "subsections" ? subsections(item.value, in) : std::string(item.value);
  }

  std::optional<std::string> subsections(std::string_view list, Progress& in) const {
    bool is_any_left = false;
    bool is_any_cut = false;
    std::string left = elements(list, [&](std::string_view value) -> std::optional<std::string> {
      const bool is_known = value.starts_with('{') && in.subsections < in.structure->subsections.size();
      if (!is_known) return is_any_left = true, std::string(value);
      const Structure& each = in.structure->subsections[in.subsections++];
      const bool is_cut = changes_.cut.contains(&each);
      (is_cut ? is_any_cut : is_any_left) = true;
      return is_cut ? std::nullopt : std::optional(structure(value, each));
    });
    // QEMU names no list where it sent none.
    return is_any_cut && !is_any_left ? std::nullopt : std::optional(std::move(left));
  }

  std::string added_behind(const Field& field) const {
    const auto added = changes_.added.find(&field);
    if (added == changes_.added.end()) return {};
    const auto& [name, type, size] = added->second;
    return fmt::format(R"(, {{"name": "{}", "type": "{}", "size": {}}})", name, type, size);
  }

  std::string field(std::string_view json, const Field& field) const {
    const std::int64_t change = change_of(field);
    std::size_t groups = 0;
    Progress progress;
    return members(json, [&](const JsonItems::Item& item) -> std::optional<std::string> {
      if (item.key == "size" && change != 0)
        return fmt::to_string(field.size + static_cast<std::uint64_t>(change));
      if (const auto length = changes_.lengths.find(&field);
          item.key == "array_len" && length != changes_.lengths.end())
        return fmt::to_string(length->second);
      const bool is_group = item.key == "struct" && item.value.starts_with('{') && !is_nothing(item.value);
      if (!is_group && item.key != "vmsd_name") return part(item, progress);
      if (groups == field.groups.size()) return std::string(item.value);
      progress = {&field.groups[groups++]};
      return is_group ? structure(item.value, *progress.structure) : std::string(item.value);
    });
  }

  /// Bytes by which an element of the field has become larger.
  std::int64_t change_of(const Field& field) const {
    const auto resized = changes_.resized.find(&field);
    if (resized != changes_.resized.end()) return static_cast<std::int64_t>(resized->second - field.size);
    std::int64_t change = 0;
    for (const Structure& group : field.groups) change += change_of(group);
    return change;
  }
  std::int64_t change_of(const Structure& structure) const {
    std::int64_t change = 0;
    for (const Field& each : structure.fields) {
      change += change_of(each) * each.array_len.value_or(1);
      if (const auto length = changes_.lengths.find(&each); length != changes_.lengths.end())
        change += static_cast<std::int64_t>((length->second - each.array_len.value_or(1)) * each.size);
      if (const auto added = changes_.added.find(&each); added != changes_.added.end())
        change += static_cast<std::int64_t>(added->second.size);
    }
    for (const Structure& each : structure.subsections) {
      const auto cut = changes_.cut.find(&each);
      change += cut == changes_.cut.end() ? change_of(each) : -static_cast<std::int64_t>(cut->second);
    }
    return change;
  }

  /// A structure without fields and without a name is no group of its field.
  static bool is_nothing(std::string_view group) {
    JsonItems items(group);
    while (const auto item = items.next()) {
      if (item->key == "vmsd_name" && item->value != "\"\"") return false;
      if (item->key == "fields" && JsonItems(item->value).next()) return false;
    }
    return true;
  }

  const DescriptionChanges& changes_;
};

}  // namespace

std::string rewrite(ByteView json, const device::Description& description,
                    const DescriptionChanges& changes) {
  const std::string_view text = as_text(json);
  const std::size_t begin = std::min(text.find('{'), text.size());
  return std::string(text.substr(0, begin)) + Rewriter(changes).root(text.substr(begin), description);
}

}  // namespace qember::vm
