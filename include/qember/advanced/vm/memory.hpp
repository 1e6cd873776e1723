// SPDX-License-Identifier: LGPL-2.1-or-later
/// The memory of a saved VM: any page of it, read from the stream when it is asked for.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/result.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace qember::vm {

struct SavedVmState;
struct RamLayout;
struct StoredPage;
struct Absence;

/// What to do with pages that the stream does not hold: those that were never sent, which is not to say that
/// they are zeros, and those that postcopy discarded.
enum class Unsent : std::uint8_t { refused, zeros };

/// Stays valid without the VM. The first call that asks for a page reads the stream once, to index it; then
/// each page costs a read of the file. One page is kept. To be used by one thread at a time, together with
/// the VM and its other copies.
class Memory {
 public:
  /// `SavedVm::memory` makes it.
  explicit Memory(std::shared_ptr<SavedVmState> state) : state_(std::move(state)) {}

  /// Fills `to` with bytes of a block, from that offset in it on.
  ///
  /// `Errc::usage` for a block that is not there and for bytes beyond its end; `Errc::unsupported` for memory
  /// that is not in the stream: unsent pages, shared memory, and where the RAM went over other connections;
  /// `Errc::bad_delta` and `bad_value` for a page that the stream has wrong; `Errc::io`.
  Status read(std::string_view block, std::uint64_t offset, MutableBytes to,
              Unsent unsent = Unsent::refused) const;
  /// The same of the block with that index in `SavedVm::blocks`.
  Status read(std::uint32_t block, std::uint64_t offset, MutableBytes to,
              Unsent unsent = Unsent::refused) const;
  /// The same of guest-physical addresses; where no RAM is known to be, `Errc::unsupported` with a block
  /// whose address is not known, else `Errc::usage`. It is RAM as the board has it: what a chipset puts over
  /// it (firmware and devices below 1 MiB) is not seen.
  Status read_physical(std::uint64_t address, MutableBytes to, Unsent unsent = Unsent::refused) const;
  /// Where the guest's RAM is, and what has no place. Made once, from as much of the stream as it needs.
  /// `Errc::usage` for places in the options that can't be.
  Result<const RamLayout*> layout() const;

  /// Where the stream has that page; `page` is its number in the block. A mapped-ram file has zeros where it
  /// has nothing.
  Result<StoredPage> find(std::uint32_t block, std::uint64_t page) const;
  /// The target's page size in bytes.
  Result<std::uint64_t> page_size() const;
  /// Why pages of that block are not in the stream; nothing where they are. `Errc::unsupported` where all RAM
  /// went over other connections.
  Result<std::optional<Absence>> absence(std::uint32_t block) const;
  /// The first offset from `offset` on in a page that the stream has as something else than zeros; nothing
  /// where there is none. Takes time by what the stream has, and not by the length of the block.
  Result<std::optional<std::uint64_t>> next_data(std::uint32_t block, std::uint64_t offset) const;
  /// How many pages of that block the stream does not hold.
  Result<std::uint64_t> count_unsent(std::uint32_t block) const;

 private:
  Status read_page(std::uint32_t block, std::uint64_t page, Unsent unsent) const;

  std::shared_ptr<SavedVmState> state_;
};

}  // namespace qember::vm
