// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is wrong with a stream beyond what its source must refuse to go on.
///
/// Deltas are sound and have a page to change; compressed pages hold a page; commands have the payload that
/// QEMU asks for; a section is used between its START and its END; names are texts; the description is JSON
/// and has the stream's page size; RAM is in the stream; nothing but zeros follows the end. That a
/// description does not fit its device state is nothing wrong: QEMU never looks at it.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/sink.hpp>

#include <functional>
#include <memory>

namespace qember::event {

/// Finds what is wrong with a stream as its events go by.
class Checker final : public Sink {
 public:
  /// Takes a finding; false says that no more are wanted.
  using OnFinding = std::function<bool(const Error&)>;

  /// `context`, which outlives this, is of events as they are in the stream: no `ReorderingBuffer`.
  /// Bases of deltas are remembered within `Limits::max_page_states`; beyond that they are taken as given.
  Checker(const Context& context, const Limits& limits, OnFinding on_finding);
  ~Checker() override;

  using Sink::take;
  /// `Errc::cancelled` where no more findings are wanted.
  Status take(const Event& event) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qember::event
