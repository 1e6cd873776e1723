// SPDX-License-Identifier: LGPL-2.1-or-later
/// A line for each section and each RAM block of a stream.
#pragma once

#include <qember/advanced/event/page_ledger.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include <map>

namespace qember::vm {

struct ListedSection {
  std::string name;
  std::uint32_t instance = 0;
  std::uint32_t version = 0;
  std::uint64_t offset = 0;  ///< of its first byte in the stream; of its START
  std::uint64_t size = 0;    ///< bytes of its bodies; of RAM, of pages, deltas and zlib streams
  std::uint64_t parts = 0;   ///< of an iterative section, START and END included; 0 of a device
  std::string reason;        ///< why a device has no fields; empty where it has them
};

/// Of pages nothing is known where a stream was not read in order, see `list_from_end`.
struct ListedBlock {
  event::RamBlock block;
  event::PageTally sent{};
};

struct ListedStream {
  std::vector<ListedBlock> blocks;
  std::vector<ListedSection> sections;  ///< in the order of the stream
};

/// Why a section has no fields; empty where it has them. `collector` handed it out.
std::string reason_without_fields(const event::CollectedSection& section,
                                  const event::SectionCollector& collector, const Limits& limits);

/// Lists what is in a stream as its events go by; after an error, what came before it.
class Listing final : public event::Handler<Listing> {
 public:
  /// `context`, of the events, outlives this.
  Listing(const event::Context& context, const Limits& limits)
      : context_(context),
        limits_(limits),
        collector_(context, limits, {.early_waits = true}, [this](auto&& s) { return add(s), Status(); }) {}

  /// Lists sections that still wait for a description without one.
  void finish() { static_cast<void>(collector_.finish()); }
  bool has_blocks() const noexcept { return !listed_.blocks.empty(); }
  /// What was listed, with each iterative section once.
  ListedStream listed();

 private:
  friend class event::Handler<Listing>;

  void on(const event::AnyOf<event::StreamBegin, event::Configuration, event::Command, event::RamControl,
                             event::MappedBitmap, event::MappedStale, event::TrailingData> auto&) {}
  void on(const event::SchemaValue& value) { collector_.on(value); }
  void on(const event::SectionBegin& section);
  void on(const event::RamBlocks& list);
  void on(const event::RamPage& page);
  void on(const event::Body& body) { collector_.on(body); }
  Status on(const event::SectionEnd& end) { return collector_.on(end); }
  Status on(const event::Eof& eof) { return collector_.on(eof); }
  Status on(const event::DescriptionText& text) { return collector_.on(text); }
  Status on(const event::StreamEnd& end) { return collector_.on(end); }

  void add(const event::CollectedSection& section);

  const event::Context& context_;
  Limits limits_;
  event::SectionCollector collector_;
  ListedStream listed_;
  std::map<std::uint32_t, std::size_t> parted_;  ///< iterative sections, by id
  std::optional<std::size_t> current_;           ///< the one whose part is being read
};

/// The same of a large native file from its begin and its end, without the pages between them, see
/// `SavedVm::are_devices_from_end`: of the section of RAM its START, and no count of anything. Nothing where
/// the stream has to be read in order.
std::optional<ListedStream> list_from_end(const SavedVm& vm);

}  // namespace qember::vm
