// SPDX-License-Identifier: LGPL-2.1-or-later
/// The state of a device as one JSON object.
#pragma once

#include <qember/advanced/device/saved_device.hpp>
#include <qember/advanced/device/state_json.hpp>

#include <nlohmann/json.hpp>

namespace qember::cli {

/// What such an object is made of.
struct DeviceRecord {
  nlohmann::ordered_json head;  ///< its members before those of the state
  const device::Device& device;
  ByteView body;
  bool offsets = false;    ///< where each field is in the body
  std::string selected{};  ///< fields, as `NamedStateSink` has it
};

/// Writes a line with it, unless nothing is selected; whether it did.
bool write_device_json(const device::WriteText& write, const DeviceRecord& record);

/// A whole line of a device, as `show --json` has it without offsets.
void write_device_json(const device::WriteText& write, const device::SavedDevice& device);

}  // namespace qember::cli
