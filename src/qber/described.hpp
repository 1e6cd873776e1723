// SPDX-License-Identifier: LGPL-2.1-or-later
/// The description of device state: at most one in a stream, which may be no JSON.
#pragma once

#include "../event/description_text.hpp"

namespace qember::qber {

class Described {
 public:
  bool has_text() const { return has_text_; }
  void set(ByteView json, const Limits& limits) {
    has_text_ = true;
    auto parsed = event::description_of({json}, limits);
    if (!parsed) return;
    description_ = std::move(*parsed);
    matcher_.emplace(*description_);
  }
  /// Null where the text can't be read.
  const std::shared_ptr<const device::Description>& description() const { return description_; }
  /// The next device of that name and instance; null where there is none.
  const device::Device* match(std::string_view name, std::uint32_t instance) {
    return matcher_ ? matcher_->match(name, instance) : nullptr;
  }

 private:
  bool has_text_ = false;
  std::shared_ptr<const device::Description> description_;
  std::optional<device::DeviceMatcher> matcher_;
};

}  // namespace qember::qber
