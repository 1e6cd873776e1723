// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/capabilities.hpp>

namespace qember::event {

std::optional<std::vector<std::string_view>> read_capabilities(ByteView payload) {
  if (payload.size() < sizeof(std::uint32_t)) return std::nullopt;
  const auto count = load_be<std::uint32_t>(payload.data());
  std::vector<std::string_view> names;
  for (payload = payload.subspan(sizeof count); !payload.empty();) {
    const std::size_t size = payload[0];
    if (size >= payload.size()) return std::nullopt;
    names.push_back(as_text(payload.subspan(1, size)));
    payload = payload.subspan(1 + size);
  }
  return names.size() == count ? std::optional(std::move(names)) : std::nullopt;
}

}  // namespace qember::event
