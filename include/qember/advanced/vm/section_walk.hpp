// SPDX-License-Identifier: LGPL-2.1-or-later
/// All that is in a stream, section by section: devices with their fields, RAM and other iterative sections
/// once they have ended, and what is between them.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/selector.hpp>

#include <map>

namespace qember::vm {

/// A section, and its first byte in the input.
struct PlacedSection {
  event::SectionBegin section;
  std::uint64_t offset = 0;
};

/// The records of a RAM block.
struct RamTally : event::PageTally {
  Digest digest;  ///< of all that was sent, in order

  void add(const event::RamPage& page);
};

/// A section in parts, after the last of them.
struct Iterated {
  PlacedSection place;  ///< of its START
  std::string name;
  std::uint64_t parts = 0;  ///< START and END included
  std::uint64_t bytes = 0;  ///< of bodies; 0 for RAM
  Digest digest;
  bool ended = false;
  std::span<const event::RamBlock> blocks{};
  std::span<const RamTally> tallies{};  ///< of RAM, one a block
  std::uint64_t page_size = 0;
};

struct Opaque {
  std::uint64_t size = 0;
  Digest digest;
  std::string reason;  ///< why there are no fields
};

/// Takes what a walk comes by.
class SectionVisitor {
 public:
  virtual ~SectionVisitor() = default;
  virtual void begin() = 0;
  virtual void configuration(std::uint64_t offset, const event::Configuration& configuration) = 0;
  virtual void command(std::uint64_t offset, const event::Command& command) = 0;
  virtual void start(const PlacedSection& place, std::span<const event::RamBlock> blocks) = 0;
  virtual void iterated(const Iterated& section) = 0;
  /// The body fits the device. False where nothing of it is at or below the path `selected`.
  virtual bool device(const PlacedSection& place, const device::Device& device, ByteView body,
                      const std::string& selected) = 0;
  /// `device`: what its description says, though the body does not fit it; null without one.
  virtual void opaque(const PlacedSection& place, const Opaque& body, const device::Device* device) = 0;
  /// A value of a type that the stream's schema adds: by itself, or the state of the device whose section
  /// `place` is, which is null otherwise.
  virtual void added(std::uint64_t offset, const PlacedSection* place, const event::SchemaValue& value) = 0;
  virtual void end(std::uint64_t offset) = 0;
  virtual void description(std::uint64_t offset, const Opaque& text) = 0;
  virtual void rest(std::uint64_t offset, const Opaque& rest) = 0;
};

/// Tells a visitor what is in a stream as its events go by, of the sections and fields that are meant.
class SectionWalk final : public event::Handler<SectionWalk> {
 public:
  /// `context`, of the events, and `visitor` outlive this.
  SectionWalk(const event::Context& context, const Limits& limits, SectionVisitor& visitor,
              std::vector<std::string> devices = {}, std::string field = {})
      : limits_(limits),
        field_(std::move(field)),
        context_(context),
        visitor_(visitor),
        selector_(std::move(devices)),
        collector_(context, limits_, {.early_waits = true}, [this](event::CollectedSection&& section) {
          return section.fit == event::Fit::in_parts ? add_part(section) : take_device(section), Status();
        }) {}

  /// What had no end before the stream's.
  void finish();
  /// `Errc::usage` where what was asked for is not there.
  Status missed() const;

 private:
  /// A section that comes in parts.
  struct OpenIterative {
    Iterated sum;
    std::vector<RamTally> tallies;
  };

  friend class event::Handler<SectionWalk>;

  std::uint64_t offset() const { return context_.offset(); }
  bool whole() const { return selector_.selects_all() && field_.selects_all(); }

  void on(const event::AnyOf<event::RamControl, event::MappedBitmap, event::MappedStale> auto&) {}
  void on(const event::StreamBegin&) {
    if (whole()) visitor_.begin();
  }
  void on(const event::Configuration& configuration) {
    if (whole()) visitor_.configuration(offset(), configuration);
  }
  void on(const event::Command& command) {
    if (whole()) visitor_.command(offset(), command);
  }
  void on(const event::SectionBegin& section);
  void on(const event::RamBlocks& list);
  void on(const event::RamPage& page) { iterative_->tallies[page.block].add(page); }
  void on(const event::Body& body) { collector_.on(body); }
  void on(const event::SchemaValue& value);
  void on(const event::SectionEnd& end);
  void on(const event::Eof& eof);
  void on(const event::DescriptionText& text);
  void on(const event::TrailingData& rest);
  void on(const event::StreamEnd&);

  void begin_part(const event::SectionBegin& section);
  void add_part(const event::CollectedSection& section);
  void take_device(const event::CollectedSection& section);
  void consider_description();
  void end_iterative();
  bool wants_part() {
    return field_.selects_all() && selector_.selects(place_.section.name, place_.section.instance);
  }

  Limits limits_;
  FieldSelector field_;
  const event::Context& context_;
  SectionVisitor& visitor_;
  DeviceSelector selector_;
  bool found_ = false;

  event::SectionCollector collector_;
  const device::Description* considered_ = nullptr;  ///< that the selector knows

  std::map<std::uint32_t, OpenIterative> iteratives_;
  OpenIterative* iterative_ = nullptr;  ///< whose part is being read

  PlacedSection place_;  ///< of the section that is being read
  std::string name_;     ///< its name
  bool in_section_ = false;

  Digester digester_;  ///< of the rest
  std::uint64_t rest_size_ = 0;
  std::uint64_t rest_offset_ = 0;
  std::optional<bool> rest_;  ///< whether the rest of the stream is device state
};

class SavedVm;

/// Tells `visitor` what `SectionWalk` does, of the devices of a large native file from its end, without the
/// pages before them, see `SavedVm::are_devices_from_end`. False, and `visitor` has been told nothing, where
/// the stream has to be read in order: more than devices is meant, or something that is not there.
bool walk_from_end(const SavedVm& vm, SectionVisitor& visitor, std::vector<std::string> devices,
                   std::string field);

}  // namespace qember::vm
