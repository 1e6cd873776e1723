// SPDX-License-Identifier: LGPL-2.1-or-later
// Names and addresses are those that `info mtree -f` and `info ramblock` of stopped machines have (QEMU 7.2
// and 10.0), and docs/specs and docs/system of QEMU.
#include "board_ram.hpp"

#include "node_order.hpp"

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

constexpr std::uint64_t one_gib = std::uint64_t{1} << 30U;

constexpr std::array boards{
    Board{"pc-i440fx-", "", "pc.ram", BoardRule::pc, 0, one_gib, true},
    Board{"pc-q35-", "", "pc.ram", BoardRule::pc, 0, one_gib, true},
    Board{"isapc", "", "pc.ram", BoardRule::pc},
    Board{"microvm", "", "microvm.ram", BoardRule::pc},
    Board{"virt", "riscv_virt_board.mrom", "riscv_virt_board.ram", BoardRule::flat, 0x8000'0000, 0, false,
          "riscv-virtio"},
    Board{"virt", "loongarch.bios", "loongarch.ram", BoardRule::tables, 0, 0, false, "linux,dummy-loongson3"},
    Board{"virt", "virt.flash0", "loongarch.ram", BoardRule::tables, 0, 0, false, "linux,dummy-loongson3"},
    Board{"virt-", "virt.flash0", "mach-virt.ram", BoardRule::flat, 0x4000'0000, one_gib, true,
          "linux,dummy-virt"},
    Board{"sbsa-ref", "", "sbsa-ref.ram", BoardRule::flat, 0x100'0000'0000, 0, false, "linux,sbsa-ref"},
    Board{"raspi0", "", "ram", BoardRule::flat, 0},
    Board{"raspi1ap", "", "ram", BoardRule::flat, 0},
    Board{"raspi2b", "", "ram", BoardRule::flat, 0},
    Board{"raspi3ap", "", "ram", BoardRule::flat, 0},
    Board{"raspi3b", "", "ram", BoardRule::flat, 0},
    Board{"raspi4b", "", "ram", BoardRule::flat, 0},
    Board{"s390-ccw-virtio-", "", "s390.ram", BoardRule::flat, 0},
    Board{"pseries-", "", "ppc_spapr.ram", BoardRule::flat, 0, one_gib, false, "qemu,pseries"},
    Board{"malta", "", "mips_malta.ram", BoardRule::malta},
};

bool has_block(std::span<const event::RamBlock> blocks, std::string_view name) {
  return std::ranges::find(blocks, name, &event::RamBlock::name) != blocks.end();
}

bool is_named(const Board& board, std::string_view machine) {
  return board.machine.ends_with('-') ? machine.starts_with(board.machine) : machine == board.machine;
}

}  // namespace

const Board* find_board(std::string_view machine, std::span<const event::RamBlock> blocks) {
  for (const Board& board : boards) {
    if (!machine.empty() && !is_named(board, machine)) continue;
    // `ram` is what anyone may call theirs.
    const bool tells = !machine.empty() || board.ram.find('.') != std::string_view::npos;
    if (tells && has_block(blocks, board.ram)) return &board;
    if (!machine.empty() && (board.companion.empty() || has_block(blocks, board.companion))) return &board;
  }
  return nullptr;
}

bool is_pc(std::string_view machine, std::span<const event::RamBlock> blocks, bool is_hole_told) {
  const Board* const board = find_board(machine, blocks);
  return board == nullptr ? is_hole_told : board->rule == BoardRule::pc;
}

const Board& told_pc() noexcept {
  static constexpr Board told{"", "", "pc.ram", BoardRule::pc};
  return told;
}

bool may_need_tree(const Board* board, std::span<const event::RamBlock> blocks) {
  if (board == nullptr || board->tree.empty()) return false;
  const auto may_be_ram = [](const event::RamBlock& block) { return !is_device_memory(block.name); };
  return board->rule == BoardRule::tables ||
         (!has_block(blocks, board->ram) && std::ranges::count_if(blocks, may_be_ram) > 1);
}

bool is_ram_of_another(const Board& board, std::string_view block) {
  return block != board.ram && block.find('.') != std::string_view::npos &&
         std::ranges::find(boards, block, &Board::ram) != boards.end();
}

std::vector<std::uint32_t> named_ram(const Board* board, std::span<const event::RamBlock> blocks) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t block = 0; block < blocks.size(); ++block) {
    if (board != nullptr && blocks[block].name == board->ram) return {block};
    all.push_back(block);
  }
  return order_by_name(blocks, all, "ram-node");
}

bool is_device_memory(std::string_view block) {
  if (block.starts_with("/rom@")) return true;
  block = block.substr(block.rfind('/') + 1);
  constexpr std::array names{"pc.bios",
                             "pc.rom",
                             "isa-bios",
                             "tpm-ppi",
                             "tpm-crb-cmd",
                             "loongarch.bios",
                             "riscv_virt_board.mrom",
                             "sbsa-ref.secure-ram",
                             "virt.secure-ram",
                             "mach-virt.tag",
                             "bios.1fc",
                             "mips_malta.bios"};
  constexpr std::array suffixes{".rom", ".bios", ".vrom", ".vram", ".vgavram", "-vram", ".fifo"};
  constexpr std::array prefixes{"system.flash", "virt.flash", "sbsa.flash"};
  return std::ranges::find(names, block) != names.end() ||
         std::ranges::any_of(prefixes, [block](const char* prefix) { return block.starts_with(prefix); }) ||
         std::ranges::any_of(suffixes, [block](const char* suffix) { return block.ends_with(suffix); });
}

bool is_named_for_device(std::string_view block) {
  return block.find('/') != std::string_view::npos && !block.starts_with("/objects/");
}

}  // namespace qember::vm
