// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, counted as its events go by. Native and BER forms of one stream give the same,
/// but for the form of device state, where BER was written without its values.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/channels.hpp>
#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/rounds.hpp>
#include <qember/advanced/event/section_collector.hpp>

#include <map>

namespace qember::vm {

/// How a section of device state is known.
enum class DeviceTyping : std::uint8_t {
  typed,        ///< its values have names and types
  opaque,       ///< described, and carried as a blob all the same
  early,        ///< ahead of the end of RAM, where no description can come before it
  undescribed,  ///< the stream describes it nowhere
  fallback,     ///< its description does not fit it
};

struct DeviceSummary {
  std::string name;
  std::uint32_t instance = 0;
  std::uint32_t version = 0;
  std::uint64_t bytes = 0;  ///< of its state, in the native form
  DeviceTyping state = DeviceTyping::typed;
  std::string reason;  ///< of a fallback
};

/// Buffers of one type that has a layout.
struct LayoutShare {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;        ///< of all of them
  std::uint64_t typed_bytes = 0;  ///< of which values have names and types
  std::uint64_t unfit = 0;        ///< how many have not that layout
  std::string reason;             ///< of the first of these
};

struct Summary {
  std::optional<std::string> machine;
  std::vector<std::string> capabilities;
  std::optional<std::uint64_t> page_size;
  std::vector<event::RamBlock> blocks;
  std::uint64_t ram_total = 0;

  // Page records.
  std::uint64_t zero = 0, full = 0, xbzrle = 0, compressed = 0, hook = 0;
  std::uint64_t rounds = 0;  ///< walks over the memory
  bool rounds_exact = true;  ///< see `Rounds`

  std::uint64_t sections = 0;  ///< of all kinds, each START, PART, END and FULL
  std::vector<DeviceSummary> devices;
  std::optional<bool> footers;
  bool described = false;
  bool ram_sent_elsewhere = false;  ///< over other connections, see `Channels`
  bool complete = false;            ///< the end mark was seen, and RAM is in the stream

  std::uint64_t ram_bytes = 0;                         ///< contents of pages: full, delta, compressed
  std::uint64_t device_bytes = 0;                      ///< device state as it is in this form
  std::uint64_t typed_bytes = 0;                       ///< device state, in the native form, that has values
  std::map<std::string, std::uint64_t> untyped_bytes;  ///< the rest, by type or reason
  std::map<std::string, LayoutShare> layouts;          ///< what is in buffers, by their type
};

class Census final : public event::Sink {
 public:
  /// `context`, of the events, outlives this.
  explicit Census(const event::Context& context, const Limits& limits = {})
      : context_(context),
        limits_(limits),
        collector_(context, limits, {},
                   [this](event::CollectedSection&& section) { return settle(section), Status(); }) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  const Summary& summary() const noexcept { return summary_; }
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
  event::SectionCollector collector_;
  std::vector<std::size_t> unsettled_;  ///< devices that are early or undescribed
  event::Rounds rounds_;
  event::Channels channels_;
  std::optional<event::DeviceForm> form_;  ///< of the section that began last
  std::optional<std::uint64_t> encoded_begin_;
};

}  // namespace qember::vm
