// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/summary.hpp>

#include <algorithm>

namespace qember::vm {

std::string_view name_of(DeviceTyping typing) noexcept {
  switch (typing) {
    case DeviceTyping::typed: return "typed";
    case DeviceTyping::opaque: return "opaque";
    case DeviceTyping::early: return "early";
    case DeviceTyping::undescribed: return "undescribed";
    case DeviceTyping::fallback: return "fallback";
  }
  return {};
}

std::uint64_t Summary::count(DeviceTyping typing) const noexcept {
  return static_cast<std::uint64_t>(std::ranges::count(devices, typing, &DeviceSummary::state));
}

}  // namespace qember::vm
