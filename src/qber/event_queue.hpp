// SPDX-License-Identifier: LGPL-2.1-or-later
/// The events that the reader has ready, and how far they reach in the native form.
#pragma once

#include "../event/native_position.hpp"

#include <deque>

namespace qember::qber {

class EventQueue {
 public:
  bool empty() const { return ready_.empty(); }
  void give(event::Event event) {
    position_.pass(event);
    ready_.push_back(std::move(event));
  }
  /// The same of an event that `pass` has counted.
  void give_passed(event::Event event) { ready_.push_back(std::move(event)); }
  template <class E>
  void pass(const E& event) {
    position_.pass(event);
  }
  event::Event take() {
    event::Event event = std::move(ready_.front());
    ready_.pop_front();
    at_head_ = std::holds_alternative<event::StreamBegin>(event);
    return event;
  }

  /// Bytes of the native form behind all that was given.
  std::uint64_t position() const { return position_.octets(); }
  /// Nothing but the begin of the stream has been taken.
  bool at_head() const { return at_head_; }

 private:
  std::deque<event::Event> ready_;
  event::NativePosition position_;
  bool at_head_ = true;
};

}  // namespace qember::qber
