// SPDX-License-Identifier: LGPL-2.1-or-later
/// Which pages two guests hold, by digests: 8 bytes a page, so that their contents need not be held.
///
/// A delta needs the page that it changes. Of a file, a first pass finds the pages that get deltas; where
/// there are any, a second one keeps the contents of those alone. A pipe can't be read twice, so that the
/// contents of all pages are kept. Both are kept in files without a name.
#pragma once

#include <qember/advanced/vm/page_numbers.hpp>

#include <qember/advanced/vm/final_ram.hpp>

#include <functional>

namespace qember::vm {

/// Pages in a file without a name, in the order in which they were first written.
class PageSpool {
 public:
  Status read(std::uint64_t slot, MutableBytes page);
  Status write(std::uint64_t slot, ByteView page, std::uint64_t page_size);

 private:
  io::TemporaryFile file_;
  std::uint64_t page_size_ = 0;
};

/// Brings the digests of a guest's pages up to date with each event.
class DigestedRam final : public event::Sink, private RamStore {
 public:
  enum class Keep : std::uint8_t { none, all };

  /// `keep`: the contents of pages that may get deltas. `seed` is that of the guest to compare with.
  DigestedRam(Keep keep, std::uint64_t seed, const Limits& limits)
      : keep_(keep), seed_(seed), limits_(limits) {}

  /// Begins to read a stream, for the first time or once more. `context` outlives what follows.
  void begin(const event::Context& context);
  using Sink::take;
  Status take(const event::Event& event) override;
  /// Pages got deltas, and their digests are wrong until the stream was read once more.
  bool needs_second_pass() const noexcept { return pass_ == 1 && slots_used_ != 0 && keep_ == Keep::none; }
  /// May be asked before `finish` only.
  bool sent_elsewhere() const { return final_ && final_->sent_elsewhere(); }
  /// Is called after the last event: lets go of what only reading needed.
  void finish() { final_.reset(); }

  /// One a block; `absent` for what the stream does not say, `zero` for zeroes.
  std::span<const PageNumbers> blocks() const noexcept { return blocks_; }
  NumberSpool& digests() noexcept { return digests_; }
  static constexpr std::uint64_t absent = 0;
  static constexpr std::uint64_t zero = 1;

 private:
  bool wants(std::uint32_t) override { return true; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  void note_absent_as_zero(const event::MappedBitmap& bitmap);
  Status note_blocks(std::size_t count);
  Status check_memory() const;
  std::uint64_t new_slot(std::uint32_t block, std::uint64_t page);
  std::uint64_t page_size() const { return context_->session().page_size_or_default(); }

  Keep keep_;
  std::uint64_t seed_;
  Limits limits_;
  int pass_ = 0;
  const event::Context* context_ = nullptr;
  std::optional<FinalRam> final_;
  NumberSpool digests_;
  std::vector<PageNumbers> blocks_;
  NumberSpool slot_numbers_;
  std::vector<PageNumbers> slots_;           ///< in the spool, from 1
  std::size_t bytes_ = 0;                    ///< of memory, by both
  std::vector<std::uint64_t> bitmap_bytes_;  ///< that came
  std::uint64_t slots_used_ = 0;
  PageSpool spool_;
  bool discarding_ = false;
};

enum class PageChange : std::uint8_t { changed, zero_to_data, data_to_zero, only_in_a, only_in_b };

/// Neighbours that changed alike.
struct ChangedRange {
  PageChange change = PageChange::changed;
  std::uint64_t first = 0;  ///< page
  std::uint64_t count = 0;
};

/// The pages of one block of a guest.
struct BlockPages {
  const PageNumbers& pages;
  NumberSpool& digests;
};

/// The ranges in which two guests differ, in order of address: made each time that they are asked for.
class ChangedRanges {
 public:
  ChangedRanges(const BlockPages& a, const BlockPages& b) : a_(a), b_(b) {}
  void visit(const std::function<void(const ChangedRange&)>& each) const;

 private:
  BlockPages a_;
  BlockPages b_;
};

}  // namespace qember::vm
