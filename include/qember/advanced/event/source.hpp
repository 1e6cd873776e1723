// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where events come from, whatever the form of the stream.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/context.hpp>

namespace qember::event {

/// A source of events; `offset` and `path` are those of the last event.
class Source : public Context {
 public:
  /// The next event. `Errc::need_more` asks for the input to be fed, and for the call to be made
  /// again. After any other error, unless `in_sync`, the same one comes again, and after `StreamEnd` that.
  virtual Result<Event> next() = 0;
  /// Pages as `next` would give them, without the cost of an event for each: as many as `room` takes and the
  /// input has in their common form. Returns how many; 0 where `next` is to be asked. `offset` and `path` are
  /// then the last one's.
  virtual std::size_t next_pages(std::span<RamPage> /*room*/) { return 0; }
  /// After an error: whether the next call resynchronises after the rejected element, as only one who looks
  /// for more errors wants. Nothing of what was refused is known to the session then.
  virtual bool in_sync() const { return false; }
};

}  // namespace qember::event
