// SPDX-License-Identifier: LGPL-2.1-or-later
/// The description of a stream, parsed once for all who need it.
#pragma once

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event.hpp>

namespace qember::event {

/// What the reader has parsed of the text; else it is parsed here. Errors: see `device::Description::parse`.
Result<std::shared_ptr<const device::Description>> description_of(const DescriptionText& text,
                                                                  const Limits& limits);

}  // namespace qember::event
