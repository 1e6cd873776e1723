// SPDX-License-Identifier: LGPL-2.1-or-later
/// The order in which the events of a stream come, for those who take events from anyone.
#pragma once

#include <qember/advanced/event/sink.hpp>

namespace qember::event {

class EventOrder {
 public:
  /// Takes note of an event, or says why it may not come now (`Errc::wrong_order`) or ever
  /// (`Errc::constraint`, `unknown_block`), and then nothing is changed.
  Status note(const Event& event);
  Status note(const RamPage& page) {
    if (place_ == Place::ram && page.block < blocks_) return {};
    return refuse_page(page.block);
  }

 private:
  /// Where in a stream the next event comes.
  enum class Place : std::uint8_t { head, top, list, ram, body, ended, rest, end };

  Status refuse_page(std::uint32_t block) const;
  Status check(const SectionBegin& section) const;
  Status check(const RamBlocks& list) const;
  Status check(const Command& command) const;
  Status check(const MappedBitmap& bitmap) const { return check_mapped(bitmap.block); }
  Status check(const MappedStale& stale) const { return check_mapped(stale.block); }
  Status check(const AnyOf<StreamBegin, Configuration, RamControl, RamPage, Body, SectionEnd, Eof,
                           DescriptionText, TrailingData, StreamEnd, SchemaValue> auto&) const {
    return {};
  }
  Status check_mapped(std::uint32_t block) const;
  std::optional<Place> after(const Event& event) const;

  Place place_ = Place::head;
  bool has_list_ = false;
  bool is_mapped_ = false;  ///< the blocks are those of a mapped-ram file
  std::size_t blocks_ = 0;
};

}  // namespace qember::event
