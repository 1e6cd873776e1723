// SPDX-License-Identifier: LGPL-2.1-or-later
/// `show` for scripts: one object a line. Names are as `printable` makes them.
#include "device_json.hpp"
#include "show_output.hpp"
#include "show_schema_value.hpp"

#include <qember/advanced/device/value_text.hpp>

#include <qember/advanced/event/meanings.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Of the records; grows when one changes in what it says, not when it says more.
constexpr int schema = 1;

Json to_json(const vm::Opaque& body) {
  Json json{{"size", body.size}, {"digest", to_string(body.digest)}};
  if (!body.reason.empty()) json["reason"] = printable(body.reason);
  return json;
}

class ShowJson final : public vm::SectionVisitor {
 public:
  ShowJson(Lines& out, bool offsets, const ber::Schema& schema)
      : out_(out), offsets_(offsets), schema_(schema) {}

  void begin() override { write({{"record", "stream"}, {"schema", schema}}); }
  void configuration(std::uint64_t offset, const event::Configuration& configuration) override;
  void command(std::uint64_t offset, const event::Command& command) override;
  void start(const vm::PlacedSection& place, std::span<const event::RamBlock> blocks) override;
  void iterated(const vm::Iterated& section) override;
  bool device(const vm::PlacedSection& place, const device::Device& device, ByteView body,
              const std::string& selected) override;
  void opaque(const vm::PlacedSection& place, const vm::Opaque& body, const device::Device* device) override;
  void added(std::uint64_t offset, const vm::PlacedSection* place, const event::SchemaValue& value) override;
  void end(std::uint64_t offset) override { write(record("end", offset)); }
  void description(std::uint64_t offset, const vm::Opaque& text) override {
    write(record("description", offset, to_json(text)));
  }
  void rest(std::uint64_t offset, const vm::Opaque& rest) override {
    write(record("rest", offset, to_json(rest)));
  }

 private:
  Json record(std::string_view kind, std::uint64_t offset, const Json& more = Json::object()) const {
    Json json{{"record", kind}};
    if (offsets_) json["offset"] = offset;
    json.update(more);
    return json;
  }
  Json section_record(std::string_view kind, const vm::PlacedSection& place) const {
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
  const ber::Schema& schema_;
};

void ShowJson::configuration(std::uint64_t offset, const event::Configuration& configuration) {
  Json json = record("configuration", offset, {{"machine", printable(as_text(configuration.machine))}});
  json["subsections"] = Json::array();
  for (const auto& subsection : configuration.subsections) {
    Json item{{"name", printable(subsection.name)}, {"version", subsection.version}};
    const auto value = event::value_of(subsection);
    if (const auto* number = std::get_if<std::uint64_t>(&value))
      item["value"] = *number;
    else if (const auto* bytes = std::get_if<ByteView>(&value))
      item.update(Json::parse(device::bytes_json(*bytes)));
    else
      for (const std::string_view name : std::get<std::vector<std::string_view>>(value))
        item["value"].push_back(printable(name));
    json["subsections"].push_back(std::move(item));
  }
  write(json);
}

void ShowJson::command(std::uint64_t offset, const event::Command& command) {
  Json json = record("command", offset, {{"id", command.id}, {"name", event::name_of_command(command.id)}});
  json.update(Json::parse(device::bytes_json(command.payload)));
  write(json);
}

void ShowJson::start(const vm::PlacedSection& place, std::span<const event::RamBlock> blocks) {
  Json json = section_record("start", place);
  for (const auto& block : blocks) {
    Json item{{"name", printable(block.name)}, {"length", block.length}};
    if (block.page_size) item["page_size"] = *block.page_size;
    if (block.address) item["address"] = *block.address;
    json["blocks"].push_back(std::move(item));
  }
  write(json);
}

void ShowJson::iterated(const vm::Iterated& section) {
  Json json = section_record("parts", section.place);
  json.update({{"parts", section.parts}, {"ended", section.ended}});
  if (section.tallies.empty())
    json.update({{"size", section.bytes}, {"digest", to_string(section.digest)}});
  else
    json["page_size"] = section.page_size;
  for (std::size_t i = 0; i < section.tallies.size(); ++i) {
    const vm::RamTally& tally = section.tallies[i];
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

bool ShowJson::device(const vm::PlacedSection& place, const device::Device& device, ByteView body,
                      const std::string& selected) {
  return write_device_json([this](std::string_view text) { out_.write(text); },
                           {section_record("device", place), device, body, offsets_, selected});
}

void ShowJson::opaque(const vm::PlacedSection& place, const vm::Opaque& body, const device::Device* device) {
  Json json = section_record("device", place);
  json.update(to_json(body));
  if (device == nullptr) return write(json);
  const std::string object = json.dump();
  out_.write(object.substr(0, object.size() - 1) + ",\"described\":");
  device::write_names_json(device->state, [this](std::string_view text) { out_.write(text); });
  out_.write("}\n");
}

void ShowJson::added(std::uint64_t offset, const vm::PlacedSection* place, const event::SchemaValue& value) {
  Json json = place != nullptr ? section_record("device", *place) : record("added", offset);
  json["size"] = value.encoded.size();
  json["alternative"] = value.name;
  const std::string object = json.dump();
  out_.write(object.substr(0, object.size() - 1) +
             ",\"value\":" + schema_value_json({value, schema_, place != nullptr}) + "}\n");
}

}  // namespace

std::unique_ptr<vm::SectionVisitor> make_show_json(Lines& out, bool offsets, const ber::Schema& schema) {
  return std::make_unique<ShowJson>(out, offsets, schema);
}

}  // namespace qember::cli
