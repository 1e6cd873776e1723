// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#include <iostream>
#include <string>

namespace asn1 = qember::asn1;

namespace probe {

/// What a change of the schema does, in its own file.
struct Change {
  std::string refused_at{};        ///< path of the error for bytes made before the change; empty for none
  bool (*new_values)() = nullptr;  ///< whether what is new comes back
};
Change change();

asn1::Value<asn1::QemuFile> old_value();

/// Encodes, decodes and compares.
template <class T>
bool comes_back(const T& value) {
  const auto der = asn1::encode(value);
  if (!der.ok()) return std::cerr << to_string(der.error()) << '\n', false;
  const auto again = asn1::decode<T>(*der);
  if (!again.ok()) return std::cerr << to_string(again.error()) << '\n', false;
  return asn1::equal(value, **again) && *asn1::encode(**again) == *der;
}

}  // namespace probe
