// SPDX-License-Identifier: LGPL-2.1-or-later
/// Where events go: what every consumer of a stream is.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

#include <concepts>
#include <span>

namespace qember::event {

/// Takes the events of one stream, in their order.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Takes the next event. Views in it are valid during the call, and those of pages that are `stable` until
  /// the input is fed.
  virtual Status take(const Event& event) = 0;
  /// Takes several pages; the same as `take` of each, and ends at the first that is refused.
  virtual Status take(std::span<const RamPage> pages);
  /// Whether it takes pages in batches, for which the context tells the place of the last page alone.
  virtual bool takes_batches() const noexcept { return false; }
};

/// One of the alternatives `Each`. A consumer names with it the events that it has nothing to say to, so that
/// a new alternative of `Event` does not compile until every consumer has decided what it does with it:
///
///     void on(const AnyOf<StreamBegin, Eof> auto&) {}
template <class E, class... Each>
concept AnyOf = (std::same_as<E, Each> || ...);

/// A sink with an overload `on(const Alternative&)` for each alternative of `Event`, of type `Status` or
/// void.
template <class Derived>
class Handler : public Sink {
 public:
  using Sink::take;
  /// Calls `on` of the alternative.
  Status take(const Event& event) override {
    return std::visit(
        [this](const auto& each) -> Status {
          auto& self = static_cast<Derived&>(*this);
          if constexpr (std::is_void_v<decltype(self.on(each))>)
            return self.on(each), Status();
          else
            return self.on(each);
        },
        event);
  }

 private:
  friend Derived;
  Handler() = default;
};

}  // namespace qember::event
