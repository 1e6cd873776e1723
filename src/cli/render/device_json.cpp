// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_json.hpp"

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/device/description.hpp>

namespace qember::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string reason_of(const device::SavedDevice& device) {
  if (const auto fields = device.fields(); !fields) return to_string(fields.error());
  return "nothing describes it";
}

}  // namespace

bool write_device_json(const device::WriteText& write, const DeviceRecord& record) {
  bool begun = false;
  const auto begin = [&] {
    if (std::exchange(begun, true)) return;
    Json json = record.head;
    json.update({{"size", record.body.size()}, {"struct", printable(record.device.state.name)}});
    const std::string object = json.dump();
    write(object.substr(0, object.size() - 1) + ",\"fields\":[");
  };
  if (record.selected.empty()) begin();
  device::StateJson sink(
      [&](std::string_view text) {
        begin();
        write(text);
      },
      record.offsets, record.selected);
  static_cast<void>(sink.read(record.device, record.body).ok());
  if (begun) write("]}\n");
  return begun;
}

void write_device_json(const device::WriteText& write, const device::SavedDevice& device) {
  Json head{{"record", "device"},
            {"name", printable(device.name())},
            {"instance", device.instance()},
            {"version", device.version()}};
  if (device.is_described()) {
    write_device_json(write, {std::move(head), *device.description(), device.body()});
    return;
  }
  head.update({{"size", device.body().size()},
               {"digest", to_string(digest_of(device.body()))},
               {"reason", printable(reason_of(device))}});
  write(head.dump() + "\n");
}

}  // namespace qember::cli
