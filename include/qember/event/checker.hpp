// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is wrong with a stream beyond what its source must refuse to go on.
///
/// Deltas are sound and have a page to change; compressed pages hold a page; commands have the payload that
/// QEMU asks for; a section is used between its START and its END; names are texts; the description is JSON
/// and has the stream's page size; RAM is in the stream; nothing but zeros follows the end. That a
/// description does not fit its device state is nothing wrong: QEMU never looks at it.
#pragma once

#include <qember/event/source.hpp>

#include <memory>

namespace qember::event {

class Checker {
 public:
  /// `source` outlives the checker, and gives its events as they are in the stream: no `ReorderingBuffer`.
  /// Bases of deltas are remembered within `Limits::max_page_states`; beyond that they are taken as given.
  explicit Checker(const Source& source, const Limits& limits = {});
  ~Checker();

  /// Takes the next event of the source and returns what is wrong with it; valid until the next call.
  std::span<const Error> note(const Event& event);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::event
