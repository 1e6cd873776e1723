// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/layout_reader.hpp>

#include "board_ram.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

/// QEMU's tables have 128 KiB, and room for 2 MiB.
constexpr std::uint64_t most_of_tables = std::uint64_t{4} << 20U;
/// Of firmware and its copies; QEMU has at most 128 nodes.
constexpr std::size_t most_shadows = 129;

}  // namespace

Status LayoutReader::take(const event::Event& event) {
  if (const auto* configuration = std::get_if<event::Configuration>(&event))
    machine_ = as_text(configuration->machine);
  if (const auto* list = std::get_if<event::RamBlocks>(&event)) begin(list->blocks);
  if (const auto* page = std::get_if<event::RamPage>(&event)) note(*page);
  if (const auto* command = std::get_if<event::Command>(&event)) note(*command);
  has_ended_ |= std::holds_alternative<event::Eof>(event) || std::holds_alternative<event::StreamEnd>(event);
  return collector_.take(event);
}

Status LayoutReader::take(std::span<const event::RamPage> pages) {
  if (!tables_block_ && gathers_trees_.empty() && shadows_.empty()) return {};
  for (const event::RamPage& page : pages) note(page);
  return {};
}

void LayoutReader::begin(std::span<const event::RamBlock> blocks) {
  gathers_trees_.clear();
  if (may_need_tree(find_board(machine_, blocks), blocks))
    for (const event::RamBlock& block : blocks) gathers_trees_.push_back(!is_device_memory(block.name));
  begin_shadows(blocks);
  const auto found = std::ranges::find(blocks, acpi_tables_block, &event::RamBlock::name);
  if (tables_block_ || found == blocks.end()) return;
  has_tables_ = true;
  if (found->length > most_of_tables || !options_.has_pages) return;
  tables_block_ = static_cast<std::uint32_t>(found - blocks.begin());
  tables_.resize(static_cast<std::size_t>(found->length));
}

/// Where a PC has several blocks that may be RAM.
void LayoutReader::begin_shadows(std::span<const event::RamBlock> blocks) {
  shadows_.clear();
  const Board* const board = find_board(machine_, blocks);
  if (board == nullptr || board->rule != BoardRule::pc) return;
  const bool has_own_ram = std::ranges::find(blocks, board->ram, &event::RamBlock::name) != blocks.end();
  for (std::uint32_t block = 0; !has_own_ram && block < blocks.size(); ++block) {
    const std::string& name = blocks[block].name;
    const std::uint64_t length = blocks[block].length;
    const bool is_firmware = name == firmware_block;
    if (!is_firmware && is_device_memory(name)) continue;
    const std::uint64_t end = is_firmware ? length : shadow_end;
    if (end >= shadow_size && end <= length) shadows_.emplace(std::pair(block, end - shadow_size), Bytes());
  }
  if (shadows_.size() > most_shadows) shadows_.clear();
}

void LayoutReader::note_shadow(const event::RamPage& page) {
  const auto found = shadows_.find({page.block, page.addr});
  if (found == shadows_.end()) return;
  found->second.clear();
  if (page.kind == event::RamPageKind::full && page.data.size() == shadow_size)
    found->second.assign(page.data.begin(), page.data.end());
  else if (page.kind == event::RamPageKind::zero)
    found->second.assign(shadow_size, page.fill);
  else
    are_pages_lost_ = true;
}

/// What was discarded is sent again, or not.
void LayoutReader::note(const event::Command& command) {
  const auto discard = static_cast<std::uint16_t>(event::CommandId::postcopy_ram_discard);
  are_pages_lost_ |= command.id == discard && (!gathers_trees_.empty() || !shadows_.empty());
}

/// Deltas and compressed pages leave no tables.
void LayoutReader::note(const event::RamPage& page) {
  if (!shadows_.empty()) note_shadow(page);
  if (page.block < gathers_trees_.size() && gathers_trees_[page.block])
    trees_.note(page, context_.session().page_size_or_default());
  if (page.block != tables_block_ || tables_.empty()) return;
  const std::uint64_t size = context_.session().page_size_or_default();
  const bool fits = page.addr <= tables_.size() && size <= tables_.size() - page.addr;
  const bool is_full = page.kind == event::RamPageKind::full && page.data.size() == size;
  if (!fits || (!is_full && page.kind != event::RamPageKind::zero)) return tables_.clear();
  const auto to =
      MutableBytes(tables_).subspan(static_cast<std::size_t>(page.addr), static_cast<std::size_t>(size));
  if (is_full)
    std::ranges::copy(page.data, to.begin());
  else
    std::ranges::fill(to, page.fill);
}

void LayoutReader::add(const event::CollectedSection& section) {
  if (section.fit == event::Fit::fits && section.device != nullptr)
    devices_.note(section.name, *section.device, section.body);
}

std::vector<std::uint32_t> LayoutReader::named_board() const {
  const auto blocks = context_.session().blocks();
  return named_ram(find_board(machine_, blocks), blocks);
}

bool LayoutReader::knows_board() const {
  return options_.hole || find_board(machine_, context_.session().blocks()) != nullptr;
}

bool LayoutReader::is_pc() const {
  return vm::is_pc(machine_, context_.session().blocks(), options_.hole.has_value());
}

Result<RamLayout> LayoutReader::layout(std::span<const std::uint32_t> board) const {
  LayoutFacts facts;
  facts.machine = machine_;
  facts.blocks = context_.session().blocks();
  facts.hole = options_.hole;
  facts.places = options_.places;
  facts.board = board;
  facts.domain = options_.domain;
  facts.devices = [this] { return Result<const MemoryDevices*>(&devices_); };
  facts.page = [this](std::uint32_t block, std::uint64_t offset, MutableBytes to) -> Status {
    const auto found = shadows_.find({block, offset});
    if (found == shadows_.end() || found->second.size() != to.size())
      return Error{Errc::unsupported, 0, "memory", "a page that is known", "another"};
    std::ranges::copy(found->second, to.begin());
    return {};
  };
  facts.are_pages_lost = are_pages_lost_ || !has_ended_ || !options_.has_pages;
  facts.trees = [this, &facts]() -> Result<std::vector<RamTree>> {
    if (facts.are_pages_lost)
      return Error{Errc::unsupported, 0, "memory", "all pages that may have a device tree", "some"};
    return trees_.trees();
  };
  if (has_tables_)
    facts.tables = [this](std::uint64_t offset, MutableBytes to) -> Status {
      if (tables_.empty())
        return Error{Errc::unsupported, 0, std::string(acpi_tables_block), "tables that can be read",
                     "others"};
      std::ranges::copy(ByteView(tables_).subspan(static_cast<std::size_t>(offset), to.size()), to.begin());
      return {};
    };
  return lay_out(facts);
}

}  // namespace qember::vm
