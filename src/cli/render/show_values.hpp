// SPDX-License-Identifier: LGPL-2.1-or-later
/// Values of device state as texts, for people and in JSON.
#pragma once

#include <qember/advanced/device/named_state.hpp>

#include <string>

namespace qember::cli {

/// On a line of its own: `4294967280 (0xfffffff0)`, `true`, `512 bytes, all zero`.
std::string value_text(const device::Field& field, const device::StateValue& value);
/// Among others: `0xfffffff0`.
std::string short_text(const device::Field& field, const device::StateValue& value);
/// `0x0000007b`, as wide as the field.
std::string hex_text(const device::Field& field, Integer value);
/// `{"value":123,"hex":"0x0000007b"}`, `{"value":true}`, or what `bytes_json` makes.
std::string value_json(const device::Field& field, const device::StateValue& value);
/// `{"size":512,"digest":"..."}`, and `"octets":"..."` of a short one.
std::string bytes_json(ByteView bytes);
/// Bytes of an integer: those of a bitmap are words.
std::uint64_t integer_size(const device::Field& field) noexcept;
/// `uint64`, `segment` of a structure
std::string element_type(const device::Field& field);
/// `uint64[16]`
std::string type_text(const device::Field& field);

}  // namespace qember::cli
