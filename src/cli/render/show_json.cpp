// SPDX-License-Identifier: LGPL-2.1-or-later
/// `show` for scripts: one object a line. Names are as `printable` makes them.
#include "show_output.hpp"
#include "show_schema_value.hpp"
#include "show_values.hpp"

#include <qember/advanced/device/meaning.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Of the records; grows when one changes in what it says, not when it says more.
constexpr int schema = 1;

using device::Field;
using device::StateGroup;

std::string quoted(std::string_view text) { return Json(printable(text)).dump(); }

Json to_json(const Opaque& body) {
  Json json{{"size", body.size}, {"digest", to_string(body.digest)}};
  if (!body.reason.empty()) json["reason"] = printable(body.reason);
  return json;
}

/// Writes the names alone, field by field: a description may be large.
void write_names(Lines& out, const device::Structure& structure) {
  out.write("[");
  bool any = false;
  const auto begin = [&](Json json) {
    const std::string object = json.dump();
    out.write(std::exchange(any, true) ? "," : "");
    out.write(std::string_view(object).substr(0, object.size() - 1));
  };
  for (const Field& field : structure.fields) {
    Json json{{"name", printable(field.name)}, {"type", printable(field.type)}};
    if (field.array_len) json["array_len"] = *field.array_len;
    begin(std::move(json));
    for (const auto& group : field.groups) {
      out.write(&group == field.groups.data() ? ",\"structures\":[" : ",");
      write_names(out, group);
    }
    out.write(field.groups.empty() ? "}" : "]}");
  }
  for (const auto& subsection : structure.subsections) {
    begin({{"subsection", printable(subsection.name)}});
    out.write(",\"fields\":");
    write_names(out, subsection);
    out.write("}");
  }
  out.write("]");
}

/// Writes the items of `"fields": [`...`]`, value by value: a device's state may be large.
class StateJson final : public device::NamedStateSink {
 public:
  using Write = std::function<void(std::string_view text)>;

  StateJson(Write write, bool offsets, std::string selected)
      : NamedStateSink(std::move(selected)), write_(std::move(write)), offsets_(offsets) {}

 private:
  void value(const Field& field, const device::StateValue& value) override {
    begin_item(&field);
    const std::string object = value_json(field, value);
    put(std::string_view(object).substr(1));  // with its closing brace
  }
  void enter(const StateGroup& group) override;
  void rest_is_zero(const Field&, std::uint64_t count) override {
    begin_item(nullptr);
    put(fmt::format("\"zeros\":{}}}", count));
  }
  void leave(const StateGroup&) override {
    write_("]}");
    comma_ = true;
    elements_.pop_back();
  }

  /// `{` and what tells which field it is: an element of an array needs nothing.
  void begin_item(const Field* field);
  /// A member of the current item.
  void put(std::string_view member) {
    write_(std::exchange(first_, false) ? "" : ",");
    write_(member);
  }

  Write write_;
  bool offsets_;
  bool comma_ = false;
  bool first_ = true;
  std::vector<bool> elements_;  ///< of each group that is open, whether it is an array
};

void StateJson::begin_item(const Field* field) {
  write_(comma_ ? ",{" : "{");
  comma_ = first_ = true;
  if (is_root() && !path().empty()) put(fmt::format("\"path\":{}", quoted(path())));
  if (offsets_) put(fmt::format("\"at\":{}", at()));
  if (field != nullptr && index() && device::is_by_place(*field)) put(fmt::format("\"place\":{}", *index()));
  if (field == nullptr || (!elements_.empty() && elements_.back())) return;
  put(fmt::format("\"name\":{}", quoted(field->name)));
  if (index()) put(fmt::format("\"index\":{}", *index()));
  put(fmt::format("\"type\":{}", quoted(field->type)));
  using enum device::FieldKind;
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

class ShowJson final : public ShowOutput {
 public:
  ShowJson(Lines& out, bool offsets) : out_(out), offsets_(offsets) {}

  void begin() override { write({{"record", "stream"}, {"schema", schema}}); }
  void configuration(std::uint64_t offset, const event::Configuration& configuration) override;
  void command(std::uint64_t offset, const event::Command& command) override;
  void start(const PlacedSection& place, std::span<const event::RamBlock> blocks) override;
  void iterated(const Iterated& section) override;
  bool device(const PlacedSection& place, const device::Device& device, ByteView body,
              const std::string& selected) override;
  void opaque(const PlacedSection& place, const Opaque& body, const device::Device* device) override;
  void added(std::uint64_t offset, const PlacedSection* place, const SchemaPart& part) override;
  void end(std::uint64_t offset) override { write(record("end", offset)); }
  void description(std::uint64_t offset, const Opaque& text) override {
    write(record("description", offset, to_json(text)));
  }
  void rest(std::uint64_t offset, const Opaque& rest) override {
    write(record("rest", offset, to_json(rest)));
  }

 private:
  Json record(std::string_view kind, std::uint64_t offset, const Json& more = Json::object()) const {
    Json json{{"record", kind}};
    if (offsets_) json["offset"] = offset;
    json.update(more);
    return json;
  }
  Json section_record(std::string_view kind, const PlacedSection& place) const {
    const auto& section = place.section;
    return record(kind, place.offset,
                  {{"name", printable(section.name)},
                   {"instance", section.instance},
                   {"version", section.version},
                   {"section", section.id}});
  }
  void write(const Json& json) { out_.write(json.dump() + "\n"); }

  Lines& out_;
  bool offsets_;
};

void ShowJson::configuration(std::uint64_t offset, const event::Configuration& configuration) {
  Json json = record("configuration", offset, {{"machine", printable(as_text(configuration.machine))}});
  json["subsections"] = Json::array();
  for (const auto& subsection : configuration.subsections) {
    Json item{{"name", printable(subsection.name)}, {"version", subsection.version}};
    const auto value = cli::value_of(subsection);
    if (const auto* number = std::get_if<std::uint64_t>(&value))
      item["value"] = *number;
    else if (const auto* bytes = std::get_if<ByteView>(&value))
      item.update(Json::parse(bytes_json(*bytes)));
    else
      for (const std::string_view name : std::get<std::vector<std::string_view>>(value))
        item["value"].push_back(printable(name));
    json["subsections"].push_back(std::move(item));
  }
  write(json);
}

void ShowJson::command(std::uint64_t offset, const event::Command& command) {
  Json json = record("command", offset, {{"id", command.id}, {"name", name_of_command(command.id)}});
  json.update(Json::parse(bytes_json(command.payload)));
  write(json);
}

void ShowJson::start(const PlacedSection& place, std::span<const event::RamBlock> blocks) {
  Json json = section_record("start", place);
  for (const auto& block : blocks) {
    Json item{{"name", printable(block.name)}, {"length", block.length}};
    if (block.page_size) item["page_size"] = *block.page_size;
    if (block.address) item["address"] = *block.address;
    json["blocks"].push_back(std::move(item));
  }
  write(json);
}

void ShowJson::iterated(const Iterated& section) {
  Json json = section_record("parts", section.place);
  json.update({{"parts", section.parts}, {"ended", section.ended}});
  if (section.tallies.empty())
    json.update({{"size", section.bytes}, {"digest", to_string(section.digest)}});
  else
    json["page_size"] = section.page_size;
  for (std::size_t i = 0; i < section.tallies.size(); ++i) {
    const RamTally& tally = section.tallies[i];
    json["blocks"].push_back({{"name", printable(section.blocks[i].name)},
                              {"length", section.blocks[i].length},
                              {"full", tally.full},
                              {"zero", tally.zero},
                              {"xbzrle", tally.xbzrle},
                              {"compressed", tally.compressed},
                              {"octets", tally.bytes},
                              {"digest", to_string(tally.digest)}});
  }
  write(json);
}

bool ShowJson::device(const PlacedSection& place, const device::Device& device, ByteView body,
                      const std::string& selected) {
  bool begun = false;
  const auto begin = [&] {
    if (std::exchange(begun, true)) return;
    Json json = section_record("device", place);
    json.update({{"size", body.size()}, {"struct", printable(device.state.name)}});
    const std::string object = json.dump();
    out_.write(object.substr(0, object.size() - 1) + ",\"fields\":[");
  };
  if (selected.empty()) begin();
  StateJson sink(
      [&](std::string_view text) {
        begin();
        out_.write(text);
      },
      offsets_, selected);
  static_cast<void>(sink.read(device, body).ok());
  if (begun) out_.write("]}\n");
  return begun;
}

void ShowJson::opaque(const PlacedSection& place, const Opaque& body, const device::Device* device) {
  Json json = section_record("device", place);
  json.update(to_json(body));
  if (device == nullptr) return write(json);
  const std::string object = json.dump();
  out_.write(object.substr(0, object.size() - 1) + ",\"described\":");
  write_names(out_, device->state);
  out_.write("}\n");
}

void ShowJson::added(std::uint64_t offset, const PlacedSection* place, const SchemaPart& part) {
  Json json = place != nullptr ? section_record("device", *place) : record("added", offset);
  json["size"] = part.value.encoded.size();
  json["alternative"] = part.value.name;
  const std::string object = json.dump();
  out_.write(object.substr(0, object.size() - 1) + ",\"value\":" + schema_value_json(part) + "}\n");
}

}  // namespace

std::unique_ptr<ShowOutput> make_show_json(Lines& out, bool offsets) {
  return std::make_unique<ShowJson>(out, offsets);
}

}  // namespace qember::cli
