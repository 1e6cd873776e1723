// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/device_state.hpp>

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace qember::device {
namespace {

/// In the order in which QEMU writes the keys.
using Json = nlohmann::ordered_json;

Json describe(const DeviceState::Field& field) {
  Json json{{"name", field.name}};
  if (field.array_len) json["array_len"] = *field.array_len;
  json["type"] = field.type;
  json["size"] = field.size;
  return json;
}

Json describe(const DeviceState& device) {
  Json fields = Json::array();
  for (const DeviceState::Field& field : device.fields()) fields.push_back(describe(field));
  return {{"name", device.name()},
          {"instance_id", device.instance()},
          {"vmsd_name", device.name()},
          {"version", device.version()},
          {"fields", std::move(fields)}};
}

/// Where in `device` a name is no text.
std::optional<Error> bad_name(const DeviceState& device) {
  constexpr std::size_t most = 255;
  const auto is_text = [](const std::string& name) { return utf8_characters(as_bytes(name)).has_value(); };
  if (device.name().empty() || device.name().size() > most || !is_text(device.name()))
    return Error{Errc::usage, 0, "name", fmt::format("a name of 1 to {} bytes of UTF-8", most),
                 fmt::format("{:?}", device.name())};
  for (const DeviceState::Field& field : device.fields())
    if (!is_text(field.name))
      return Error{Errc::usage, 0, device.name() + ".name", "a name in UTF-8",
                   fmt::format("{:?}", field.name)};
  return std::nullopt;
}

}  // namespace

void DeviceState::put(Field field) {
  const auto found = std::ranges::find(fields_, field.name, &Field::name);
  if (found == fields_.end()) {
    fields_.push_back(std::move(field));
  } else {
    *found = std::move(field);
  }
}

Result<std::string> describe(std::span<const DeviceState> devices, std::uint64_t page_size) {
  Json list = Json::array();
  for (const DeviceState& device : devices) {
    if (auto error = bad_name(device)) return std::move(*error);
    list.push_back(describe(device));
  }
  return Json{{"page_size", page_size}, {"devices", std::move(list)}}.dump();
}

}  // namespace qember::device
