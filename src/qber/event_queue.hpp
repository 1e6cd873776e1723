// SPDX-License-Identifier: LGPL-2.1-or-later
/// The events that the reader has ready, and what their native form is: how far it reaches, and whether it
/// would be read back as they are.
#pragma once

#include "../event/native_position.hpp"
#include "../event/native_read_back.hpp"

#include <deque>

namespace qember::qber {

class EventQueue {
 public:
  explicit EventQueue(const Limits& limits) : read_back(limits.max_held) {}

  bool empty() const { return ready_.empty(); }
  void give(event::Event event) {
    pass(event);
    ready_.push_back(std::move(event));
  }
  /// The same of an event that `pass` has counted.
  void give_passed(event::Event event) { ready_.push_back(std::move(event)); }
  void pass(const event::Event& event) {
    position_.pass(event);
    std::visit([this](const auto& each) { read_back.pass(each); }, event);
  }
  void pass(const event::RamPage& page) { position_.pass(page); }
  event::Event take() {
    event::Event event = std::move(ready_.front());
    ready_.pop_front();
    at_head_ = std::holds_alternative<event::StreamBegin>(event);
    return event;
  }

  /// Bytes of the native form behind all that was given.
  std::uint64_t position() const { return position_.bytes(); }
  /// Nothing but the begin of the stream has been taken.
  bool at_head() const { return at_head_; }

  event::NativeReadBack read_back;

 private:
  std::deque<event::Event> ready_;
  event::NativePosition position_;
  bool at_head_ = true;
};

}  // namespace qember::qber
