// SPDX-License-Identifier: LGPL-2.1-or-later
/// Sinks that pass on a stream with its pages held in another way.
#pragma once

#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/io/output.hpp>

#include <functional>

namespace qember::vm {

/// Lays the blocks of a mapped-ram stream out anew, as QEMU does in a file that the stream begins in at
/// `base`.
class MovedBlocks final : public event::Sink {
 public:
  /// `to` writes to `output`, in which the stream begins where it stands now.
  MovedBlocks(event::Sink& to, const io::Output& output, std::uint64_t base)
      : to_(to), output_(output), begin_(output.written()), base_(base) {}

  Status take(const event::Event& event) override;

 private:
  event::Sink& to_;
  const io::Output& output_;
  std::uint64_t begin_;
  std::uint64_t base_;
};

/// Passes on the pages of a mapped-ram stream as records, those that are not there as zeros, and compressed
/// pages as they were before.
class PlainPages final : public event::Handler<PlainPages> {
 public:
  /// `pass` is called behind each page, of which one event may make any number.
  PlainPages(const event::Context& context, event::Sink& to, std::function<Status()> pass)
      : context_(context), to_(to), pass_(std::move(pass)) {}

 private:
  friend class event::Handler<PlainPages>;

  Status on(const event::Configuration& configuration);
  Status on(const event::RamBlocks& list);
  Status on(const event::RamPage& page);
  Status on(const event::SectionEnd& end);
  void on(const event::AnyOf<event::MappedBitmap, event::MappedStale> auto&) {}
  Status on(const event::AnyOf<event::StreamBegin, event::Command, event::SectionBegin, event::RamControl,
                               event::Body, event::Eof, event::DescriptionText, event::TrailingData,
                               event::StreamEnd, event::SchemaValue> auto& event) {
    return to_.take(event::Event(event));
  }
  Status put(event::RamPage page);
  Status put_zeros(std::uint32_t block, std::uint64_t addr);

  const event::Context& context_;
  event::Sink& to_;
  std::function<Status()> pass_;
  std::vector<event::RamBlock> mapped_;  ///< of a mapped-ram stream, until the section ends that has them
  std::uint32_t block_ = 0;              ///< of these, and the address in it that comes next
  std::uint64_t next_ = 0;
  std::optional<std::uint32_t> last_block_;  ///< of the page before
  Bytes inflated_;
};

}  // namespace qember::vm
