// SPDX-License-Identifier: LGPL-2.1-or-later
/// Learns where a guest's RAM lies as its stream goes by.
#pragma once

#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/ram_layout.hpp>

namespace qember::vm {

/// What a user says of the layout.
struct LayoutOptions {
  std::optional<Hole> hole{};        ///< that RAM of an x86 board goes around
  std::vector<GivenPlace> places{};  ///< of blocks whose address is told
  std::string domain{};              ///< libvirt's XML
  bool has_pages = true;             ///< the events have the data of pages, see `StreamOptions::skims_pages`
};

class LayoutReader final : public event::Sink {
 public:
  /// `context`, of the events, outlives this.
  LayoutReader(const event::Context& context, LayoutOptions options, const Limits& limits)
      : context_(context),
        options_(std::move(options)),
        collector_(context, limits, {}, [this](auto&& section) { return add(section), Status(); }) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  Status take(std::span<const event::RamPage> pages) override;
  bool takes_batches() const noexcept override { return true; }

  /// By what has been read; `board` as `LayoutFacts` has it. Complete when the stream has ended: what its
  /// pages tell is not taken before.
  Result<RamLayout> layout(std::span<const std::uint32_t> board = {}) const;
  /// Blocks that are the board's RAM by their names, in its order; none where names do not tell.
  std::vector<std::uint32_t> named_board() const;
  /// Whether the machine is one whose layout is known, or its hole is.
  bool knows_board() const;
  /// Whether it is a board of x86.
  bool is_pc() const;

 private:
  void add(const event::CollectedSection& section);
  void note(const event::RamPage& page);
  void begin(std::span<const event::RamBlock> blocks);
  void note(const event::Command& command);
  void begin_shadows(std::span<const event::RamBlock> blocks);
  void note_shadow(const event::RamPage& page);

  const event::Context& context_;
  LayoutOptions options_;
  event::SectionCollector collector_;
  std::string machine_;
  MemoryDevices devices_;
  std::optional<std::uint32_t> tables_block_;
  bool has_tables_ = false;
  Bytes tables_;                     ///< empty where they can't be read
  std::vector<bool> gathers_trees_;  ///< by block
  RamTrees trees_;
  /// Pages where firmware and its copies may be, by block and offset; empty ones are not known.
  std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> shadows_;
  bool are_pages_lost_ = false;  ///< some of those, or pages of trees
  bool has_ended_ = false;
};

}  // namespace qember::vm
