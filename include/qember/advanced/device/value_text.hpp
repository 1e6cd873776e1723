// SPDX-License-Identifier: LGPL-2.1-or-later
/// Values of device state as texts, for people and in JSON.
#pragma once

#include <qember/advanced/device/named_state.hpp>

#include <string>

namespace qember::device {

/// On a line of its own: `4294967280 (0xfffffff0)`, `true`, `512 bytes, all zero`.
std::string value_text(const Field& field, const StateValue& value);
/// Among others: `0xfffffff0`.
std::string short_text(const Field& field, const StateValue& value);
/// So many neighbours of one text: `0x10`, `0 ×15`.
std::string run_text(const std::string& text, std::uint64_t count);
/// `0x0000007b`, as wide as the field.
std::string hex_text(const Field& field, Integer value);
/// `{"value":123,"hex":"0x0000007b"}`, `{"value":true}`, or what `bytes_json` makes.
std::string value_json(const Field& field, const StateValue& value);
/// `{"size":512,"digest":"..."}`, and `"octets":"..."` of a short one.
std::string bytes_json(ByteView bytes);
/// Bytes of an integer: those of a bitmap are words.
std::uint64_t integer_size(const Field& field) noexcept;
/// `uint64`, `segment` of a structure
std::string element_type(const Field& field);
/// `uint64[16]`
std::string type_text(const Field& field);

}  // namespace qember::device
