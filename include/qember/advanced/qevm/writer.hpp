// SPDX-License-Identifier: LGPL-2.1-or-later
/// Writes QEMU's native migration stream.
#pragma once

#include <qember/advanced/core/result.hpp>
#include <qember/advanced/event/event_order.hpp>
#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/io/output.hpp>

namespace qember::qevm {

/// Puts down what it is told; whether that makes a sound stream is checked where the events come from. What
/// no stream has, or not there, is refused, and nothing of it is written. A description may come before the
/// end mark, it is kept until then.
class Writer final : public event::Sink {
 public:
  /// `out` outlives the writer. Pages are borrowed from the events, see `Output::clear`.
  explicit Writer(io::Output& out) : out_(out) {}

  Status take(const event::Event& event) override;
  /// Takes several pages; ends at the first that is refused.
  Status take(std::span<const event::RamPage> pages) override;
  bool takes_batches() const noexcept override { return true; }

 private:
  void put(const event::StreamBegin& begin);
  void put(const event::Configuration& configuration);
  void put(const event::Command& command);
  void put(const event::SectionBegin& section);
  void put(const event::RamBlocks& list);
  void put(const event::RamControl& control);
  void put(const event::RamPage& page);
  void put(const event::MappedBitmap& bitmap);
  void put(const event::MappedStale& stale);
  void put(const event::Body& body) { out_.copy(body.data); }
  void put(const event::SectionEnd& end);
  void put(const event::Eof&);
  void put(const event::DescriptionText& description);
  void put(const event::TrailingData& rest) { out_.copy(rest.data); }
  void put(const event::AnyOf<event::StreamEnd, event::SchemaValue> auto&) {}

  Status check_place(std::uint32_t block, std::uint64_t addr) const;
  Status check_lost(const event::SchemaValue& value) const;
  void description();
  void put_block(const event::RamBlock& block);
  std::uint64_t position() const { return out_.written() - begin_; }
  void pad_to(std::uint64_t position);
  void seek_block(std::uint32_t block);
  void end_block(const event::RamBlock& block);
  void end_mapped();

  io::Output& out_;
  event::EventOrder order_;
  std::vector<event::RamBlock> blocks_;
  std::uint64_t begin_ = 0;              ///< of the stream in the output
  std::optional<std::uint32_t> mapped_;  ///< the block of a mapped-ram file whose fields are written
  std::uint64_t bitmap_at_ = 0;          ///< where the next piece of its bitmap goes
  std::uint32_t section_ = 0;
  bool in_ram_ = false;
  bool in_device_ = false;  ///< in a section other than RAM
  bool ended_ = false;
  std::optional<Bytes> description_;
};

}  // namespace qember::qevm
