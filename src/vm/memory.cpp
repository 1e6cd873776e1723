// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/memory.hpp>

#include <qember/advanced/vm/layout.hpp>
#include <qember/advanced/vm/ram_presence.hpp>
#include <qember/advanced/vm/selector.hpp>

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

Status check_block(const SavedVmState& state, std::uint32_t block) {
  const auto blocks = state.session.blocks();
  if (block < blocks.size()) return {};
  return refuse_place("block", fmt::format("one of {}", blocks.size()), fmt::to_string(block));
}

}  // namespace

Result<std::uint64_t> Memory::page_size() const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  return state_->session.page_size_or_default();
}

Result<StoredPage> Memory::find(std::uint32_t block, std::uint64_t page) const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  const event::Session& session = state_->session;
  const auto absent = absence(block);
  if (!absent) return absent.error();
  if (*absent) return refuse_absent(session.blocks()[block], (*absent)->reason);
  auto found = state_->index->find(block, page);
  if (found && found->kind == StoredPage::Kind::unsent && session.mapped_ram())
    found->kind = StoredPage::Kind::zero;
  return found;
}

Result<std::optional<Absence>> Memory::absence(std::uint32_t block) const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  if (auto status = check_block(*state_, block); !status) return std::move(status.error());
  const PageIndex& index = *state_->index;
  if (auto status = check_included(index.sent_elsewhere()); !status) return std::move(status.error());
  return absence_of(state_->session, block, index.has_pages(block));
}

Result<std::optional<std::uint64_t>> Memory::next_data(std::uint32_t block, std::uint64_t offset) const {
  if (auto status = state_->load(); !status) return std::move(status.error());
  const std::uint64_t size = state_->session.page_size_or_default();
  const auto page = state_->index->next_data(block, offset / size);
  if (!page) return page.error();
  if (!*page) return std::optional<std::uint64_t>();
  return std::optional(std::max(offset, **page * size));
}

Result<std::uint64_t> Memory::count_unsent(std::uint32_t block) const {
  const auto absent = absence(block);
  if (!absent) return absent.error();
  const std::uint64_t size = state_->session.page_size_or_default();
  const std::uint64_t length = state_->session.blocks()[block].length;
  const std::uint64_t pages = length / size + (length % size != 0 ? 1 : 0);
  if (*absent) return pages;
  if (state_->session.mapped_ram()) return std::uint64_t{0};
  const auto there = state_->index->count(block);
  if (!there) return there.error();
  return pages - *there;
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
  if (auto status = check_block(*state_, block); !status) return status;
  const auto blocks = state_->session.blocks();
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
  if (!found)
    return refuse_place("block", "the name of a RAM block",
                        fmt::format("{:?}{}", block, closest_block(block, state_->session.blocks()).hint()));
  return read(*found, offset, to, unsent);
}

Status Memory::read_physical(std::uint64_t address, MutableBytes to, Unsent unsent) const {
  const auto found = layout();
  if (!found) return found.error();
  const std::vector<PlacedRam>& all = (*found)->placed;
  while (!to.empty()) {
    const auto after = std::ranges::upper_bound(all, address, {}, &PlacedRam::address);
    if (after == all.begin() || address - std::prev(after)->address >= std::prev(after)->size) {
      // What is not in a stream that cannot be read may be in what it was.
      if (auto status = state_->load(); !status) return status;
      if (auto status = (*found)->check_whole(state_->session.blocks()); !status) return status;
      return refuse_place("memory", "an address of RAM", fmt::format("{:#x}", address));
    }
    const PlacedRam& piece = *std::prev(after);
    const std::uint64_t inside = address - piece.address;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size - inside, to.size()));
    if (auto status = read(piece.block, piece.offset + inside, to.first(count), unsent); !status)
      return status;
    to = to.subspan(count);
    address += count;
  }
  return {};
}

namespace {

bool are_too_many(std::span<const RamTree> trees) {
  std::size_t bytes = 0;
  for (const RamTree& each : trees) bytes += each.bytes.size();
  return trees.size() > most_trees || bytes > most_tree_bytes;
}

/// Looks at each place for a tree that has something else than zeros, until there are too many.
Status find_trees(const Memory& memory, std::uint32_t block, std::uint64_t length,
                  std::vector<RamTree>& found) {
  for (std::uint64_t at = 0; !are_too_many(found) && length - at >= tree_header_size;) {
    const auto next = memory.next_data(block, at);
    if (!next) return next.error();
    if (!*next) return {};
    if (const std::uint64_t rest = **next % tree_alignment; **next != at && rest != 0) {
      if (length - **next <= tree_alignment - rest) return {};
      at = **next - rest + tree_alignment;
      continue;
    }
    at = **next;
    Bytes header(tree_header_size);
    if (auto status = memory.read(block, at, header, Unsent::zeros); !status) return status;
    const auto extent = tree_extent(header);
    if (extent && *extent <= length - at) {
      Bytes bytes(*extent);
      auto status = memory.read(block, at, bytes);
      if (status) found.push_back({block, at, std::move(bytes)});
      // Some page of it was not sent.
      if (!status && status.error().code != Errc::unsupported) return status;
    }
    if (length - at <= tree_alignment) return {};
    at += tree_alignment;
  }
  return {};
}

Result<const MemoryDevices*> memory_devices(SavedVmState& state) {
  if (!state.memory_devices) {
    if (auto status = state.load_devices(); !status) return std::move(status.error());
    state.memory_devices.emplace();
    for (const device::SavedDevice& each : *state.devices)
      if (each.is_described()) state.memory_devices->note(each.name(), *each.description(), each.body());
  }
  return &*state.memory_devices;
}

/// The same trees that `RamTrees` gathers.
Result<std::vector<RamTree>> trees_in(const Memory& memory, std::span<const event::RamBlock> blocks) {
  std::vector<RamTree> found;
  for (std::uint32_t block = 0; block < blocks.size(); ++block) {
    if (is_device_memory(blocks[block].name)) continue;
    auto status = find_trees(memory, block, blocks[block].length, found);
    if (!status && status.error().code != Errc::unsupported) return std::move(status.error());
    if (are_too_many(found))
      return Error{Errc::unsupported, 0, "memory", fmt::format("at most {} device trees", most_trees),
                   "more"};
  }
  return found;
}

}  // namespace

Result<const RamLayout*> Memory::layout() const {
  if (state_->layout) return &*state_->layout;
  LayoutFacts facts;
  facts.machine = state_->machine;
  facts.blocks = state_->session.blocks();
  facts.hole = state_->options.hole;
  facts.places = state_->options.places;
  if (state_->contents.libvirt) facts.domain = as_text(state_->contents.libvirt->xml);
  facts.devices = [this] { return memory_devices(*state_); };
  facts.tables = [this](std::uint64_t offset, MutableBytes to) {
    return read(acpi_tables_block, offset, to, Unsent::zeros);
  };
  facts.page = [this](std::uint32_t block, std::uint64_t offset, MutableBytes to) {
    return read(block, offset, to);
  };
  facts.trees = [this, &facts] { return trees_in(*this, facts.blocks); };
  auto made = lay_out(facts);
  if (!made) return std::move(made.error());
  return &state_->layout.emplace(std::move(*made));
}

}  // namespace qember::vm
