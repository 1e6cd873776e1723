// SPDX-License-Identifier: LGPL-2.1-or-later
/// Writes QEMU's native migration stream.
#pragma once

#include <qember/core/result.hpp>
#include <qember/native/event_order.hpp>
#include <qember/stream/output.hpp>

namespace qember::native {

/// Puts down what it is told; whether that makes a sound stream is checked where the events come from. What
/// no stream has, or not there, is refused, and nothing of it is written. A description may come before the
/// end mark, it is kept until then.
class Writer {
 public:
  /// `out` outlives the writer. Pages are borrowed from the events, see `Output::clear`.
  explicit Writer(stream::Output& out) : out_(out) {}

  Status write(const Event& event);
  Status write(std::span<const RamPage> pages);

 private:
  void put(const StreamBegin& begin);
  void put(const Configuration& configuration);
  void put(const Command& command);
  void put(const SectionBegin& section);
  void put(const RamBlocks& list);
  void put(const RamMark& mark);
  void put(const RamPage& page);
  void put(const MappedBitmap& bitmap);
  void put(const MappedStale& stale);
  void put(const Body& body) { out_.copy(body.data); }
  void put(const SectionEnd& end);
  void put(const Eof&);
  void put(const DescriptionText& description);
  void put(const Rest& rest) { out_.copy(rest.data); }
  void put(const StreamEnd&) {}

  Status check_place(std::uint32_t block, std::uint64_t addr) const;
  void description();
  void put_block(const RamBlock& block);
  std::uint64_t position() const { return out_.written() - begin_; }
  void pad_to(std::uint64_t position);
  void seek_block(std::uint32_t block);
  void end_block(const RamBlock& block);
  void end_mapped();

  stream::Output& out_;
  EventOrder order_;
  std::vector<RamBlock> blocks_;
  std::uint64_t begin_ = 0;              ///< of the stream in the output
  std::optional<std::uint32_t> mapped_;  ///< the block of a mapped-ram file whose fields are written
  std::uint64_t bitmap_at_ = 0;          ///< where the next piece of its bitmap goes
  std::uint32_t section_ = 0;
  bool in_ram_ = false;
  bool ended_ = false;
  std::optional<Bytes> description_;
};

}  // namespace qember::native
