// SPDX-License-Identifier: LGPL-2.1-or-later
#include "split.hpp"

#include "../event/footer.hpp"

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/event.hpp>

namespace qember::qevm {
namespace {

/// Walks the sections in `devices`, which ends before the end mark.
std::deque<std::size_t> split(ByteView devices, const device::Description& description) {
  std::deque<std::size_t> sizes;
  device::DeviceMatcher matcher(description);
  while (!devices.empty()) {
    using event::before_name;
    if (devices.size() < before_name || devices[0] != static_cast<std::uint8_t>(event::Element::section_full))
      return {};
    const std::size_t name = devices[before_name - 1];
    const std::size_t header = before_name + name + event::behind_name;
    if (devices.size() < header) return {};
    const auto instance = load_be<std::uint32_t>(devices.data() + before_name + name);
    const device::Device* device = matcher.match(as_text(devices.subspan(before_name, name)), instance);
    if (device == nullptr) return {};
    const auto size = measure_state(*device, devices.subspan(header));
    if (!size) return {};
    sizes.push_back(*size);
    devices = devices.subspan(header + *size);
  }
  return sizes;
}

}  // namespace

std::size_t find_description(ByteView tail, std::size_t end) {
  for (std::size_t at = std::min(end, tail.size() - std::min(tail.size(), description_header)); at-- > 0;) {
    if (tail[at] != static_cast<std::uint8_t>(event::Element::eof) ||
        tail[at + 1] != static_cast<std::uint8_t>(event::Element::description) ||
        tail[at + description_header] != '{')
      continue;
    if (load_be<std::uint32_t>(tail.data() + at + 2) == tail.size() - at - description_header) return at;
  }
  return tail.size();
}

std::deque<std::size_t> split_by_description(ByteView tail, const Limits& limits) {
  // A text that looks like a description may be part of another: the outermost is the longest.
  for (std::size_t at = find_description(tail, tail.size()); at < tail.size();
       at = find_description(tail, at)) {
    const auto description = device::Description::parse(tail.subspan(at + description_header), limits);
    if (!description) continue;
    if (auto sizes = split(tail.first(at), *description); !sizes.empty()) return sizes;
  }
  return {};
}

}  // namespace qember::qevm
