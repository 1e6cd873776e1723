// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, counted as its events go by. Native and BER forms of one stream give the same,
/// but for the form of device state, where BER was written without its values.
#pragma once

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/rounds.hpp>
#include <qember/advanced/event/section_collector.hpp>

#include <functional>
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

/// `typed`, `opaque`, `early`, `undescribed`, `fallback`
std::string_view name_of(DeviceTyping typing) noexcept;

/// A device in a summary.
struct DeviceSummary {
  std::string name;                          ///< of its section
  std::uint32_t instance = 0;                ///< tells devices of one name apart
  std::uint32_t version = 0;                 ///< of its section
  std::uint64_t bytes = 0;                   ///< of its state, in the native form
  DeviceTyping state = DeviceTyping::typed;  ///< how it is known
  std::string reason;                        ///< of a fallback
};

/// Buffers of one type that has a layout.
struct LayoutShare {
  std::uint64_t count = 0;        ///< how many there are
  std::uint64_t bytes = 0;        ///< of all of them
  std::uint64_t typed_bytes = 0;  ///< of which values have names and types
  std::uint64_t unfit = 0;        ///< how many have not that layout
  std::string reason;             ///< of the first of these
};

/// What is in a stream, counted.
struct Summary {
  std::optional<std::string> machine;      ///< where the stream names it
  std::vector<std::string> capabilities;   ///< that were enabled
  std::optional<std::uint64_t> page_size;  ///< in bytes, where the stream tells it
  std::vector<event::RamBlock> blocks;     ///< in the order of the stream
  std::uint64_t ram_total = 0;             ///< bytes of all blocks

  event::PageTally pages;    ///< records of pages, by kind
  std::uint64_t hook = 0;    ///< records that tell of another way
  std::uint64_t rounds = 0;  ///< walks over the memory
  bool rounds_exact = true;  ///< see `Rounds`

  std::uint64_t sections = 0;          ///< of all kinds, each START, PART, END and FULL
  std::vector<DeviceSummary> devices;  ///< in the order of the stream
  std::optional<bool> footers;         ///< whether sections have them; nothing where there was no section
  bool described = false;              ///< whether the stream has a description
  bool ram_sent_elsewhere = false;     ///< over other connections, see `Channels`
  bool complete = false;               ///< the end mark was seen, and RAM is in the stream

  std::uint64_t device_bytes = 0;                      ///< device state as it is in this form
  std::uint64_t typed_bytes = 0;                       ///< device state, in the native form, that has values
  std::map<std::string, std::uint64_t> untyped_bytes;  ///< the rest, by type or reason
  std::map<std::string, LayoutShare> layouts;          ///< what is in buffers, by their type

  /// Devices that are known in that way.
  std::uint64_t count(DeviceTyping typing) const noexcept;
};

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
