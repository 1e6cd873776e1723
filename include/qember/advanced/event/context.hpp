// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a consumer may ask about the event at hand.
#pragma once

#include <qember/advanced/event/session.hpp>

namespace qember::event {

/// How the BER form holds the state of a device.
enum class DeviceForm : std::uint8_t { values, blob };

/// Where the last event is, and what the stream has said so far, that event included.
class Context {
 public:
  virtual ~Context() = default;

  /// What the stream has said so far; valid as long as this.
  virtual const Session& session() const = 0;
  /// The first byte of the event, counted from the first byte of the input.
  virtual std::uint64_t offset() const = 0;
  /// The event's place in the schema, or in QEMU's format.
  virtual std::string path() const = 0;
  /// The form of the last section of device state; nothing in the native form.
  virtual std::optional<DeviceForm> device_form() const { return std::nullopt; }
  /// Whether a description comes before the device state that it describes. Natively it comes last, and a
  /// `ReorderingBuffer` brings it ahead.
  virtual bool is_description_first() const { return false; }
};

}  // namespace qember::event
