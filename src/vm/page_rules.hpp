// SPDX-License-Identifier: LGPL-2.1-or-later
/// What those refuse who bring pages up to date.
#pragma once

#include <qember/advanced/event/context.hpp>

#include <fmt/format.h>

namespace qember::vm {

/// Of a delta at `addr` of a page that has no content.
inline Error refuse_delta(const event::Context& context, std::uint64_t addr) {
  return {Errc::bad_delta, context.offset(), context.path(), "a page that was sent before its delta",
          fmt::format("none at {:#x}", addr)};
}

}  // namespace qember::vm
