// SPDX-License-Identifier: LGPL-2.1-or-later
/// The one loop that drives consumers from a source.
#pragma once

#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/event/source.hpp>

#include <array>

namespace qember::event {

/// Gives every event of `source` to each of `sinks`, in their order, up to and including `StreamEnd`. Pages
/// go in batches where all of the sinks take them so.
///
/// Returns the source's error or that of the first sink that refuses an event. After `Errc::need_more` the
/// call is made again once the input has been fed; after another error of a source that is `in_sync`, the
/// call resynchronises after the rejected element.
Status pump(Source& source, std::span<Sink* const> sinks);

/// The same of sinks that are named one by one.
template <std::derived_from<Sink>... Sinks>
Status pump(Source& source, Sinks&... sinks) {
  const std::array<Sink*, sizeof...(sinks)> all{&sinks...};
  return pump(source, std::span<Sink* const>(all));
}

}  // namespace qember::event
