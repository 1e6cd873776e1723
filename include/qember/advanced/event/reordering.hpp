// SPDX-License-Identifier: LGPL-2.1-or-later
/// Brings the description of a native stream, which comes last, ahead of the device state.
#pragma once

#include <qember/advanced/event/held_event.hpp>
#include <qember/advanced/event/source.hpp>

#include <deque>

namespace qember::event {

/// Passes events on, but holds device state until the description has come, at most
/// `Limits::max_held` bytes of it and of what is noted of each event. Device state that is not at the end of
/// the stream goes on as soon as that is seen: it has no description before it. RAM never waits.
class ReorderingBuffer final : public Source {
 public:
  /// `source` reads the native form, and outlives this.
  explicit ReorderingBuffer(Source& source, const Limits& limits = {}) : source_(source), limits_(limits) {}

  Result<Event> next() override;
  /// As its source gives them, unless an event waits.
  std::size_t next_pages(std::span<RamPage> room) override;
  std::uint64_t offset() const override { return offset_; }
  std::string path() const override { return path_.empty() ? source_.path() : path_; }
  const Session& session() const override { return source_.session(); }
  std::optional<DeviceForm> device_form() const override { return source_.device_form(); }
  bool is_description_first() const override { return true; }

 private:
  enum class Way : std::uint8_t { pass, hold, release };
  Way way_of(const Event& event) const;
  void hold(const Event& event);
  Result<Event> release();

  Source& source_;
  Limits limits_;
  std::deque<HeldEvent> held_;    ///< of sections, commands, and the end mark
  HeldEvent current_;             ///< whose views have been given out
  std::optional<Event> waiting_;  ///< comes after what is held
  std::size_t held_bytes_ = 0;
  std::uint64_t package_end_ = 0;
  std::uint64_t offset_ = 0;
  std::string path_;         ///< of what was held; else it is the source's
  bool in_section_ = false;  ///< a section is being held
  bool releasing_ = false;
  bool overflowed_ = false;
};

}  // namespace qember::event
