// SPDX-License-Identifier: LGPL-2.1-or-later
#include "known_sections.hpp"

#include "layout.hpp"

namespace qember::device {
namespace {

/// The type that a description would have for all of the section.
std::string_view type_of(std::string_view section) {
  const std::string_view name = section.substr(section.rfind('/') + 1);
  if (name == "s390_css" || name == "virtio-mem-device-early") return name;
  return name.starts_with("virtio-") || name.starts_with("vhost-") ? "virtio" : "";
}

std::shared_ptr<Device> device_of(std::string_view name, std::uint32_t instance, std::uint32_t version,
                                  std::uint64_t size) {
  const LaidOut* const layout = find_layout(type_of(name));
  if (layout == nullptr) return nullptr;
  struct Named {
    std::string name;
    Device device;
  };
  const auto named = std::make_shared<Named>(Named{std::string(name), {}});
  const std::shared_ptr<Device> device(named, &named->device);
  // A view of the name that the device keeps.
  const std::string_view type = type_of(named->name);
  device->name = named->name;
  device->instance = instance;
  device->state.name = type;
  device->state.version = version;
  Field& field = device->state.fields.emplace_back();
  field.name = layout->field.name;
  field.type = type;
  field.size = size;
  field.layout = layout;
  return device;
}

}  // namespace

bool is_known_section(std::string_view name) { return !type_of(name).empty(); }

std::shared_ptr<const Device> find_known_section(std::string_view name, std::uint32_t instance,
                                                 std::uint32_t version, ByteView body) {
  auto device = device_of(name, instance, version, body.size());
  if (device == nullptr || !fits_layout({name, version, 0}, device->state.fields.front(), body))
    return nullptr;
  return device;
}

std::shared_ptr<const Device> known_section(std::string_view name, std::uint32_t instance,
                                            std::uint32_t version, std::uint64_t most) {
  auto device = device_of(name, instance, version, most);
  if (device != nullptr) device->state.fields.front().is_open = true;
  return device;
}

}  // namespace qember::device
