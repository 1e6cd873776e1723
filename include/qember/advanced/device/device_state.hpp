// SPDX-License-Identifier: LGPL-2.1-or-later
/// The state of a device by the names of its fields, to be built. `SavedDevice` reads it.
///
/// Names and types of the fields travel in the stream's description, so that every reader of the stream has
/// them: `qember show`, too.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/device/state_value.hpp>

#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace qember::device {

/// Several numbers; bytes are no numbers but a buffer.
template <class R>
concept StateArray = std::ranges::contiguous_range<const R> && std::ranges::sized_range<const R> &&
                     !std::convertible_to<const R&, ByteView> &&
                     StateNumber<std::remove_cv_t<std::ranges::range_value_t<const R>>>;

/// The state of a device: fields with names, types and values.
class DeviceState {
 public:
  /// A field as it goes into a stream.
  struct Field {
    std::string name;                          ///< in UTF-8
    std::string_view type;                     ///< as a description spells it: `bool`, `uint16`, `buffer`
    std::size_t size = 0;                      ///< bytes of one element
    std::optional<std::uint32_t> array_len{};  ///< elements, of an array
    Bytes bytes{};                             ///< big-endian
  };

  /// `name` is 1 to 255 bytes of UTF-8; `instance` tells devices of one name apart; `version` is that of the
  /// set of fields.
  DeviceState(std::string name, std::uint32_t instance, std::uint32_t version)
      : name_(std::move(name)), instance_(instance), version_(version) {}

  // Each sets the field with that name, of any text in UTF-8; the type of the value is the field's. What was
  // set first comes first; setting it again takes the place of what it was.

  /// A number or a `bool`.
  template <StateNumber T>
  void set(std::string_view name, T value) {
    Bytes bytes;
    append(bytes, value);
    put({std::string(name), state_type_name<T>(), sizeof(T), std::nullopt, std::move(bytes)});
  }
  /// An array, of fewer than 2^32 elements.
  template <StateArray R>
  void set(std::string_view name, const R& values) {
    using T = std::remove_cv_t<std::ranges::range_value_t<const R>>;
    Bytes bytes;
    for (const T value : values) append(bytes, value);
    put({std::string(name), state_type_name<T>(), sizeof(T),
         static_cast<std::uint32_t>(std::ranges::size(values)), std::move(bytes)});
  }
  /// A buffer.
  void set(std::string_view name, ByteView bytes) {
    put({std::string(name), "buffer", bytes.size(), std::nullopt, Bytes(bytes.begin(), bytes.end())});
  }

  /// The name of the device.
  const std::string& name() const noexcept { return name_; }
  /// What tells it from devices of the same name.
  std::uint32_t instance() const noexcept { return instance_; }
  /// The version of its set of fields.
  std::uint32_t version() const noexcept { return version_; }
  /// The fields in the order in which they were set first.
  std::span<const Field> fields() const noexcept { return fields_; }

 private:
  template <class T>
  static void append(Bytes& to, T value) {
    for (std::size_t i = sizeof(T); i-- > 0;)
      to.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
  void put(Field field);

  std::string name_;
  std::uint32_t instance_;
  std::uint32_t version_;
  std::vector<Field> fields_;
};

/// The description of a stream with these devices, in JSON as QEMU writes it.
Result<std::string> describe(std::span<const DeviceState> devices, std::uint64_t page_size);

}  // namespace qember::device
