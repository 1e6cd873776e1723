// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/selector.hpp>

#include <algorithm>
#include <charconv>

namespace qember::vm {
namespace {

/// Decimal, or hexadecimal after 0x.
std::optional<std::uint32_t> number(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

DeviceSelector::DeviceSelector(std::string text) : text_(std::move(text)) {
  const std::size_t slash = text_.rfind('/');
  if (slash == std::string::npos) return;
  name_ = std::string_view(text_).substr(0, slash);
  instance_ = number(std::string_view(text_).substr(slash + 1));
}

void DeviceSelector::consider(const device::Description& description) {
  if (std::ranges::find(description.devices(), text_, &device::Device::name) != description.devices().end())
    instance_.reset();
}

bool DeviceSelector::selects(std::string_view name, std::uint32_t instance) const {
  return text_.empty() || name == text_ || (instance_ == instance && name == name_);
}

}  // namespace qember::vm
