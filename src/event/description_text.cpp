// SPDX-License-Identifier: LGPL-2.1-or-later
#include "description_text.hpp"

namespace qember::event {

Result<std::shared_ptr<const device::Description>> description_of(const DescriptionText& text,
                                                                  const Limits& limits) {
  if (text.parsed != nullptr) return text.parsed;
  auto made = device::Description::parse(text.json, limits);
  if (!made) return std::move(made.error());
  return std::make_shared<const device::Description>(std::move(*made));
}

}  // namespace qember::event
