// SPDX-License-Identifier: LGPL-2.1-or-later
/// The description of device state: at most one in a stream, which may be no JSON.
#pragma once

#include <qember/advanced/device/description.hpp>

namespace qember::qber {

class Described {
 public:
  bool has_text() const { return has_text_; }
  /// Returns the page size that it names.
  std::optional<std::uint64_t> set(ByteView json, const Limits& limits) {
    has_text_ = true;
    auto parsed = device::Description::parse(json, limits);
    if (!parsed) return std::nullopt;
    description_ = std::move(*parsed);
    matcher_.emplace(*description_);
    return description_->page_size();
  }
  /// The next device of that name and instance; null where there is none.
  const device::Device* match(std::string_view name, std::uint32_t instance) {
    return matcher_ ? matcher_->match(name, instance) : nullptr;
  }

 private:
  bool has_text_ = false;
  std::optional<device::Description> description_;
  std::optional<device::DeviceMatcher> matcher_;
};

}  // namespace qember::qber
