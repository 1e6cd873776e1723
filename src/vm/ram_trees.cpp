// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_trees.hpp>

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::uint32_t magic = 0xd00dfeed;
constexpr std::uint64_t most_of_tree = std::uint64_t{1} << 20U;

bool is_full(const event::RamPage& page, std::uint64_t page_size) {
  return page.kind == event::RamPageKind::full && page.data.size() == page_size;
}

}  // namespace

/// The fields of the header are those of 5.2 of the Devicetree Specification v0.4.
std::optional<std::size_t> tree_extent(ByteView header) {
  constexpr std::uint32_t known_version = 17;
  if (header.size() < tree_header_size) return std::nullopt;
  const auto field = [header](std::size_t index) -> std::uint64_t {
    return load_be<std::uint32_t>(header.data() + 4 * index);
  };
  if (field(0) != magic || field(5) < known_version || field(6) > known_version) return std::nullopt;
  const std::uint64_t total = field(1), structure = field(2), strings = field(3);
  const std::uint64_t end = std::max(structure + field(9), strings + field(8));
  const bool is_sound = structure >= tree_header_size && strings >= tree_header_size && structure % 4 == 0;
  if (!is_sound || end > total || end > most_of_tree) return std::nullopt;
  return static_cast<std::size_t>(end);
}

void RamTrees::note(const event::RamPage& page, std::uint64_t page_size) {
  if (page_size < tree_header_size || are_lost_) return;
  if (page.addr % tree_alignment == 0) begin(page, page_size);
  if (!gathered_.empty()) fill(page, page_size);
}

void RamTrees::begin(const event::RamPage& page, std::uint64_t page_size) {
  are_lost_ |= page.kind != event::RamPageKind::zero && !is_full(page, page_size);
  const std::size_t extent = is_full(page, page_size) ? tree_extent(page.data).value_or(0) : 0;
  const auto found = gathered_.find({page.block, page.addr});
  const bool is_known = found != gathered_.end();
  // Of a tree that was sent again the other pages still count.
  if (is_known && found->second.bytes.size() == extent) return;
  if (is_known) drop(found);
  if (extent == 0) return;
  are_lost_ |= gathered_.size() == most_trees || extent > most_tree_bytes - bytes_ || ++begun_ > most_begun;
  if (are_lost_) return;
  bytes_ += extent;
  const auto pages = static_cast<std::size_t>((extent + page_size - 1) / page_size);
  gathered_.emplace(Place{page.block, page.addr}, Gathered{Bytes(extent), std::vector<bool>(pages)});
}

void RamTrees::drop(std::map<Place, Gathered>::iterator tree) {
  bytes_ -= tree->second.bytes.size();
  gathered_.erase(tree);
}

void RamTrees::fill(const event::RamPage& page, std::uint64_t page_size) {
  auto found = gathered_.upper_bound({page.block, page.addr});
  if (found == gathered_.begin()) return;
  --found;
  auto& [place, tree] = *found;
  const std::uint64_t inside = page.addr - place.second;
  if (place.first != page.block || inside >= tree.bytes.size()) return;
  const bool is_zero = page.kind == event::RamPageKind::zero;
  are_lost_ |= inside % page_size != 0 || (!is_zero && !is_full(page, page_size));
  if (are_lost_) return;
  const auto at = static_cast<std::size_t>(inside);
  const std::size_t size = std::min(tree.bytes.size() - at, static_cast<std::size_t>(page_size));
  const MutableBytes to = MutableBytes(tree.bytes).subspan(at, size);
  if (is_zero)
    std::ranges::fill(to, page.fill);
  else
    std::ranges::copy(page.data.first(size), to.begin());
  tree.has[at / static_cast<std::size_t>(page_size)] = true;
}

Result<std::vector<RamTree>> RamTrees::trees() const {
  if (are_lost_) return Error{Errc::unsupported, 0, "memory", "device trees that can be read", "others"};
  std::vector<RamTree> whole;
  for (const auto& [place, tree] : gathered_)
    if (!std::ranges::count(tree.has, false)) whole.push_back({place.first, place.second, tree.bytes});
  return whole;
}

}  // namespace qember::vm
