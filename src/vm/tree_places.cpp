// SPDX-License-Identifier: LGPL-2.1-or-later
// The places are those that `info roms` of QEMU 7.2 and 10.0 has.
#include "tree_places.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint64_t two_mib = std::uint64_t{2} << 20U;

/// Guest-physical addresses where the tree of the board may begin, which has `ram` bytes.
std::vector<std::uint64_t> tree_places(const Board& board, const DeviceTree& tree, std::uint64_t ram) {
  if (board.tree == "linux,dummy-virt") {
    // Behind the initial RAM disk where a kernel was loaded with one; else for firmware where RAM begins, or
    // where the disk would be.
    constexpr std::uint64_t most_to_disk = std::uint64_t{128} << 20U;
    if (tree.initrd_end) return {(*tree.initrd_end + two_mib - 1) / two_mib * two_mib};
    return {board.base, board.base + std::min(ram / 2, most_to_disk)};
  }
  if (board.tree == "riscv-virtio") {
    // The last 2 MiB of RAM, or, up to 7.2, of that below 3 GiB.
    constexpr std::uint64_t low_end = std::uint64_t{3} << 30U;
    const std::uint64_t end = board.base + ram;
    const auto last = [](std::uint64_t of) { return (of - 1) / two_mib * two_mib; };
    return {last(end), last(std::min(end, low_end))};
  }
  if (board.tree == "linux,sbsa-ref") return {board.base};
  return {};
}

}  // namespace

std::optional<std::size_t> node_with_tree(const Board& board, const DeviceTree& tree,
                                          std::span<const std::uint64_t> sizes, std::uint64_t length,
                                          std::uint64_t offset) {
  std::uint64_t ram = 0;
  for (const std::uint64_t size : sizes) ram += size;
  const std::vector<std::uint64_t> places = tree_places(board, tree, ram);
  std::optional<std::size_t> found;
  std::uint64_t begin = board.base;
  for (std::size_t node = 0; node < sizes.size(); ++node) {
    if (sizes[node] == length && std::ranges::count(places, begin + offset)) {
      if (found) return std::nullopt;
      found = node;
    }
    begin += sizes[node];
  }
  return found;
}

}  // namespace qember::vm
