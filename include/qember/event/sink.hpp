// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where events go: what every consumer of a stream is.
#pragma once

#include <qember/core/result.hpp>
#include <qember/event/event.hpp>

#include <concepts>
#include <span>

namespace qember::event {

/// Takes the events of one stream, in their order.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Takes the next event. Views in it are valid during the call. After an error nothing has changed, unless
  /// the class says otherwise.
  virtual Status take(const Event& event) = 0;
  /// Takes several pages; the same as `take` of each. Ends at the first that is refused.
  virtual Status take(std::span<const RamPage> pages);
};

/// One of the alternatives `Each`. A consumer names with it the events that it has nothing to say to, so that
/// a new alternative of `Event` does not compile until every consumer has decided what it does with it:
///
///     Status on(const AnyOf<StreamBegin, Eof> auto&) { return {}; }
template <class E, class... Each>
concept AnyOf = (std::same_as<E, Each> || ...);

/// A sink with an overload `Status on(const Alternative&)` for each alternative of `Event`.
template <class Derived>
class Handler : public Sink {
 public:
  using Sink::take;
  Status take(const Event& event) final {
    return std::visit([this](const auto& each) -> Status { return static_cast<Derived*>(this)->on(each); },
                      event);
  }
};

}  // namespace qember::event
