// SPDX-License-Identifier: LGPL-2.1-or-later
/// All that a stream says of a machine but the contents of its memory.
#pragma once

#include <qember/advanced/event/section_collector.hpp>

namespace qember::vm {

/// A section that its machine registered under a name: FULL, or the START of an iterative one.
struct StateSection {
  std::string name;
  std::uint32_t instance = 0;
  std::uint32_t version = 0;
  bool is_iterative = false;
  std::uint64_t offset = 0;  ///< of its first byte in the input
  Bytes body;                ///< where it fits its description
  /// Describes all of `body`, and keeps its description alive. Null where nothing does.
  std::shared_ptr<const device::Device> device;
};

struct StateCommand {
  std::uint16_t id = 0;
  std::uint64_t offset = 0;
};

struct MachineState {
  std::optional<event::Configuration> configuration;
  std::vector<std::string> capabilities;  ///< that the configuration lists
  std::optional<std::uint64_t> page_size;
  std::vector<StateCommand> commands;
  std::vector<event::RamBlock> blocks;
  std::uint64_t blocks_offset = 0;     ///< of the section with the list
  std::vector<StateSection> sections;  ///< all but RAM, in the order of the stream

  /// Empty where the stream does not name it.
  std::string_view machine() const noexcept {
    return configuration ? as_text(configuration->machine) : std::string_view();
  }
};

/// Takes note of it as the events of a stream go by.
class MachineReader final : public event::Handler<MachineReader> {
 public:
  /// `context`, of the events, outlives this. As two of them are compared, each holds half of what the limits
  /// allow: device state that is more than half of `Limits::max_held` in all has no body. Refuses sections
  /// whose headers take more than `Limits::max_held`.
  MachineReader(const event::Context& context, const Limits& limits)
      : context_(context),
        collector_(context, half_of(limits), {.early_waits = true, .taker_keeps = true},
                   [this](event::CollectedSection&& section) { return add(std::move(section)); }),
        most_named_(limits.max_held) {}

  /// Gives away what was noted; complete when the stream has ended.
  MachineState take_state() { return std::move(state_); }

 private:
  friend class event::Handler<MachineReader>;

  void on(const event::AnyOf<event::StreamBegin, event::RamControl, event::RamPage, event::MappedBitmap,
                             event::MappedStale, event::TrailingData, event::Eof> auto&) {}
  void on(const event::SchemaValue& value) { collector_.on(value); }
  void on(const event::Configuration& configuration);
  void on(const event::Command& command) { state_.commands.push_back({command.id, context_.offset()}); }
  void on(const event::RamBlocks& list);
  Status on(const event::DescriptionText& text) { return collector_.on(text); }
  void on(const event::SectionBegin& section) { collector_.on(section); }
  void on(const event::Body& body) { collector_.on(body); }
  Status on(const event::SectionEnd& end) { return collector_.on(end); }
  Status on(const event::StreamEnd& end);
  Status add(event::CollectedSection&& section);
  static Limits half_of(Limits limits);

  const event::Context& context_;
  event::SectionCollector collector_;
  MachineState state_;
  std::size_t most_named_;  ///< bytes that names of sections may take, with what each costs
};

}  // namespace qember::vm
