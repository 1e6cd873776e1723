// SPDX-License-Identifier: LGPL-2.1-or-later
/// How far a mapped-ram file is given out. What it has at fixed places comes in the order of their offsets.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event.hpp>

namespace qember::qber {

/// Errors have no place.
class MappedPosition {
 public:
  /// The list of blocks has been given out.
  void begin(std::span<const event::RamBlock> blocks) {
    if (!blocks.empty() && blocks.front().mapped) at_ = blocks.front().mapped->bitmap_offset;
  }
  /// A record that stands behind all that is at fixed places.
  void leave() { at_.reset(); }
  void end_section() {
    at_.reset();
    block_.reset();
  }
  bool is_inside() const { return at_.has_value(); }

  /// Each goes behind a piece of the file, or says why it may not come, and then nothing is changed.
  Status pass_page(std::span<const event::RamBlock> blocks, std::uint32_t block, std::uint64_t addr,
                   std::uint64_t size);
  Status pass(std::span<const event::RamBlock> blocks, const event::MappedBitmap& bitmap);
  Status pass(std::span<const event::RamBlock> blocks, const event::MappedStale& stale);

 private:
  Status check_block(std::span<const event::RamBlock> blocks, std::uint32_t block) const;
  Status advance(const event::RamBlock& block, std::uint32_t index, std::uint64_t at, std::uint64_t size);

  std::optional<std::uint64_t> at_;     ///< where what has been given out ends
  std::optional<std::uint32_t> block_;  ///< of that
  std::uint64_t bitmap_bytes_ = 0;      ///< of its bitmap that have been given out
};

}  // namespace qember::qber
