// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/memory.hpp>

#include <qember/advanced/vm/layout.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include "board_ram.hpp"
#include "page_index.hpp"
#include "page_reader.hpp"
#include "saved_vm_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

Error refuse_place(std::string path, std::string expected, std::string found) {
  return {Errc::usage, 0, std::move(path), std::move(expected), std::move(found)};
}

}  // namespace

Result<std::uint64_t> Memory::page_size() const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  return state_->session.page_size_or_default();
}

Result<StoredPage> Memory::find(std::uint32_t block, std::uint64_t page) const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  const event::Session& session = state_->session;
  if (block >= session.blocks().size())
    return refuse_place("block", fmt::format("one of {}", session.blocks().size()), fmt::to_string(block));
  const PageIndex& index = *state_->index;
  if (auto status = check_included(index.sent_elsewhere()); !status) return std::move(status.error());
  if (const auto absence = absence_of(session, block, index.has_pages(block)))
    return refuse_absent(session.blocks()[block], absence->reason);
  auto found = index.find(block, page);
  if (found && found->kind == StoredPage::Kind::unsent && session.mapped_ram())
    found->kind = StoredPage::Kind::zero;
  return found;
}

/// Makes it the page that is kept.
Status Memory::read_page(std::uint32_t block, std::uint64_t page, Unsent unsent) const {
  if (state_->page_at == std::pair(block, page)) return {};
  const auto found = find(block, page);
  if (!found) return found.error();
  const std::uint64_t size = state_->session.page_size_or_default();
  state_->page_at.reset();
  state_->page.resize(static_cast<std::size_t>(size));
  if (found->kind == StoredPage::Kind::unsent) {
    if (unsent == Unsent::zeros) return std::ranges::fill(state_->page, 0), Status();
    return Error{Errc::unsupported, 0, fmt::format("block {:?}", state_->session.blocks()[block].name),
                 fmt::format("the page at {:#x} in the stream", page * size), "none"};
  }
  const PageReader reader(*state_->index, *state_->source);
  if (auto status = reader.read(*found, state_->page); !status) return status;
  state_->page_at = {block, page};
  return {};
}

Status Memory::read(std::uint32_t block, std::uint64_t offset, MutableBytes to, Unsent unsent) const {
  if (auto status = state_->load(); !status) return status;
  const auto blocks = state_->session.blocks();
  if (block >= blocks.size())
    return refuse_place("block", fmt::format("one of {}", blocks.size()), fmt::to_string(block));
  const std::uint64_t length = blocks[block].length;
  if (offset > length || to.size() > length - offset)
    return refuse_place(fmt::format("block {:?}", blocks[block].name),
                        fmt::format("bytes below {:#x}", length),
                        fmt::format("{:#x} at {:#x}", to.size(), offset));
  const std::uint64_t size = state_->session.page_size_or_default();
  while (!to.empty()) {
    if (auto status = read_page(block, offset / size, unsent); !status) return status;
    const ByteView rest = ByteView(state_->page).subspan(static_cast<std::size_t>(offset % size));
    const std::size_t count = std::min(rest.size(), to.size());
    std::ranges::copy(rest.first(count), to.begin());
    to = to.subspan(count);
    offset += count;
  }
  return {};
}

Status Memory::read(std::string_view block, std::uint64_t offset, MutableBytes to, Unsent unsent) const {
  const auto found = state_->session.find_block(as_bytes(block));
  if (!found) return refuse_place("block", "the name of a RAM block", fmt::format("{:?}", block));
  return read(*found, offset, to, unsent);
}

Status Memory::read_physical(std::uint64_t address, MutableBytes to, Unsent unsent) const {
  const auto all = segments();
  if (!all) return all.error();
  while (!to.empty()) {
    const auto after = std::ranges::upper_bound(*all, address, {}, &MemorySegment::address);
    if (after == all->begin() || address - std::prev(after)->address >= std::prev(after)->size) {
      // What is not in a stream that cannot be read may be in what it was.
      if (auto status = state_->load(); !status) return status;
      return refuse_place("memory", "an address of RAM", fmt::format("{:#x}", address));
    }
    const MemorySegment& segment = *std::prev(after);
    const std::uint64_t inside = address - segment.address;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(segment.size - inside, to.size()));
    if (auto status = read(segment.block, segment.offset + inside, to.first(count), unsent); !status)
      return status;
    to = to.subspan(count);
    address += count;
  }
  return {};
}

namespace {

/// The part of a range of RAM that a block has, whose first byte is byte `at` of the RAM.
std::optional<MemorySegment> part_of(const PhysicalRange& range, std::uint32_t block, std::uint64_t at,
                                     std::uint64_t length) {
  const std::uint64_t begin = std::max(range.offset, at);
  const std::uint64_t end = std::min(range.offset + range.size, at + length);
  if (begin >= end) return std::nullopt;
  return MemorySegment{range.address + (begin - range.offset), block, begin - at, end - begin};
}

}  // namespace

Result<std::vector<MemorySegment>> Memory::segments() const {
  const auto blocks = state_->session.blocks();
  for (std::uint32_t block = 0; block < blocks.size(); ++block)
    if (const auto base = ram_base(blocks[block].name))
      return std::vector{MemorySegment{*base, block, 0, blocks[block].length}};
  const std::vector<std::uint32_t> board = board_ram(blocks);
  std::uint64_t ram = 0;
  for (const std::uint32_t block : board) ram += blocks[block].length;
  auto ranges = place_board(state_->machine, ram, state_->options.hole);
  if (!ranges) return std::move(ranges.error());
  std::vector<MemorySegment> segments;
  for (const PhysicalRange& range : *ranges) {
    std::uint64_t at = 0;
    for (const std::uint32_t block : board) {
      if (const auto part = part_of(range, block, at, blocks[block].length)) segments.push_back(*part);
      at += blocks[block].length;
    }
  }
  return segments;
}

}  // namespace qember::vm
