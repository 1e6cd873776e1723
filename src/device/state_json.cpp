// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/state_json.hpp>

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/device/meaning.hpp>
#include <qember/advanced/device/value_text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace qember::device {
namespace {

using Json = nlohmann::ordered_json;

std::string quoted(std::string_view text) { return Json(printable(text)).dump(); }

}  // namespace

void write_names_json(const Structure& structure, const WriteText& write) {
  write("[");
  bool any = false;
  const auto begin = [&](const Json& json) {
    const std::string object = json.dump();
    write(std::exchange(any, true) ? "," : "");
    write(std::string_view(object).substr(0, object.size() - 1));
  };
  for (const Field& field : structure.fields) {
    Json json{{"name", printable(field.name)}, {"type", printable(field.type)}};
    if (field.array_len) json["array_len"] = *field.array_len;
    begin(json);
    for (const auto& group : field.groups) {
      write(&group == field.groups.data() ? ",\"structures\":[" : ",");
      write_names_json(group, write);
    }
    write(field.groups.empty() ? "}" : "]}");
  }
  for (const auto& subsection : structure.subsections) {
    begin(Json{{"subsection", printable(subsection.name)}});
    write(",\"fields\":");
    write_names_json(subsection, write);
    write("}");
  }
  write("]");
}

void StateJson::put(std::string_view member) {
  write_(std::exchange(first_, false) ? "" : ",");
  write_(member);
}

void StateJson::begin_item(const Field* field) {
  write_(comma_ ? ",{" : "{");
  comma_ = first_ = true;
  if (is_root() && !path().empty()) put(fmt::format("\"path\":{}", quoted(path())));
  if (offsets_) put(fmt::format("\"at\":{}", at()));
  if (field != nullptr && index() && is_by_place(*field)) put(fmt::format("\"place\":{}", *index()));
  if (field == nullptr || (!elements_.empty() && elements_.back())) return;
  put(fmt::format("\"name\":{}", quoted(field->name)));
  if (index()) put(fmt::format("\"index\":{}", *index()));
  put(fmt::format("\"type\":{}", quoted(field->type)));
  using enum FieldKind;
  if (field->kind == unsigned_integer || field->kind == signed_integer || field->kind == bitmap)
    put(fmt::format("\"bits\":{}", 8 * integer_size(*field)));
}

void StateJson::enter(const StateGroup& group) {
  begin_item(group.field);
  const bool is_elements = group.kind == StateGroup::Kind::elements;
  if (!is_elements) {
    const auto& structure = *group.structure;
    put(fmt::format(R"("{}":{},"version":{})", group.field == nullptr ? "subsection" : "struct",
                    quoted(structure.name), structure.version));
  }
  put(is_elements ? "\"elements\":[" : "\"fields\":[");
  elements_.push_back(is_elements);
  comma_ = false;
}

void StateJson::leave(const StateGroup&) {
  write_("]}");
  comma_ = true;
  elements_.pop_back();
}

void StateJson::value(const Field& field, const StateValue& value) {
  begin_item(&field);
  const std::string object = value_json(field, value);
  put(std::string_view(object).substr(1));  // with its closing brace
}

void StateJson::rest_is_zero(const Field&, std::uint64_t count) {
  begin_item(nullptr);
  put(fmt::format("\"zeros\":{}}}", count));
}

}  // namespace qember::device
