// SPDX-License-Identifier: LGPL-2.1-or-later
/// How far a stream has come in the native form, told from its events: as far as `Writer` writes for them.
#pragma once

#include <qember/advanced/event/sink.hpp>

namespace qember::event {

class NativePosition {
 public:
  /// Bytes from the first one of the stream. It stands still in the blocks of a mapped-ram file, and leaves
  /// out the description.
  std::uint64_t bytes() const { return bytes_; }
  void pass(const Event& event) {
    std::visit([this](const auto& each) { pass(each); }, event);
  }
  void pass(const RamPage& page);
  void pass(const StreamBegin&);
  void pass(const Configuration& configuration);
  void pass(const Command& command);
  void pass(const SectionBegin& section);
  void pass(const RamBlocks& list);
  void pass(const RamControl&);
  void pass(const Body& piece) { bytes_ += piece.data.size(); }
  void pass(const SectionEnd& end);
  void pass(const Eof&) { ++bytes_; }
  void pass(const TrailingData& rest) { bytes_ += rest.data.size(); }
  void pass(const AnyOf<MappedBitmap, MappedStale, DescriptionText, StreamEnd, SchemaValue> auto&) {}

 private:
  void leave_mapped();

  std::uint64_t bytes_ = 0;
  std::vector<std::size_t> names_;           ///< bytes that name each RAM block
  std::optional<std::uint64_t> mapped_end_;  ///< of the last block in a mapped-ram file, while they come
  bool in_ram_ = false;
};

}  // namespace qember::event
