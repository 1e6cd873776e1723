// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, counted as its events go by. Native and BER forms of one stream give the same,
/// but for the form of device state, where BER was written without its values.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/channels.hpp>
#include <qember/advanced/event/rounds.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/summary.hpp>

#include <functional>

namespace qember::vm {

/// Counts what is in a stream as its events go by.
class Census final : public event::Sink {
 public:
  /// Takes a section that was collected.
  using Also = std::function<void(const event::CollectedSection& section)>;

  /// `context`, of the events, outlives this. `also` is called with each section that is counted.
  explicit Census(const event::Context& context, const Limits& limits = {}, Also also = {})
      : context_(context),
        limits_(limits),
        also_(std::move(also)),
        collector_(context, limits, {}, [this](event::CollectedSection&& section) {
          if (also_) also_(section);
          return settle(section), Status();
        }) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  /// What was counted so far.
  const Summary& summary() const noexcept { return summary_; }
  /// Gives away what was counted.
  Summary take_summary() { return std::move(summary_); }

 private:
  void on(const event::Configuration& configuration);
  void on(const event::Command& command) { rounds_.note(command); }
  void on(const event::SectionBegin& section);
  void on(const event::RamBlocks& list);
  void on(const event::RamControl& control);
  void on(const event::RamPage& page);
  void on(const event::Body& piece) { collector_.on(piece); }
  void on(const event::SchemaValue& value) { collector_.on(value); }
  void on(const event::SectionEnd& end);
  void on(const event::Eof&);
  void on(const event::DescriptionText& text);
  void on(const event::TrailingData& rest);
  void on(const event::AnyOf<event::StreamBegin, event::MappedBitmap, event::MappedStale,
                             event::StreamEnd> auto&) {}
  void settle(const event::CollectedSection& section);
  void settle(DeviceTyping state);
  void add_values(const event::CollectedSection& section);
  DeviceTyping typing_of(const event::CollectedSection& section, std::string& reason);

  const event::Context& context_;
  Limits limits_;
  Summary summary_;
  Also also_;
  event::SectionCollector collector_;
  std::vector<std::size_t> unsettled_;  ///< devices that are early or undescribed
  event::Rounds rounds_;
  event::Channels channels_;
  std::optional<event::DeviceForm> form_;  ///< of the section that began last
  std::optional<std::uint64_t> encoded_begin_;
};

}  // namespace qember::vm
