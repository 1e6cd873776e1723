// SPDX-License-Identifier: LGPL-2.1-or-later
/// Every type of the schema by its name, as the vectors need it.
#pragma once

#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#include <stdexcept>
#include <string>
#include <tuple>

namespace qember::test {

using AllTypes = std::tuple<asn1::QemuString, asn1::FullPage, asn1::XBZRLEPage, asn1::RAMBlockID,
                            asn1::RAMBlockList, asn1::RAMPage, asn1::RAMSecBlock, asn1::SubSection,
                            asn1::SubSecList, asn1::VMStateEntries, asn1::VMState, asn1::SectionID,
                            asn1::SecEndMark, asn1::SecFull, asn1::SecMin, asn1::Sections, asn1::QemuFile>;

/// Decodes and encodes again, as the type with that name.
inline Result<Bytes> transcode(std::string_view type, ByteView in, const Limits& limits = {}) {
  std::optional<Result<Bytes>> result;
  const auto attempt = [&]<class T>(T*) {
    if (result || asn1::Value<T>::make()->type().name != type) return;
    auto value = asn1::decode<T>(in, limits);
    result = value.ok() ? asn1::encode(**value, limits) : Result<Bytes>(value.error());
  };
  [&]<class... T>(std::tuple<T...>*) {
    (attempt(static_cast<T*>(nullptr)), ...);
  }(static_cast<AllTypes*>(nullptr));
  if (!result) throw std::runtime_error("no type " + std::string(type));
  return std::move(*result);
}

}  // namespace qember::test
