// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties are those of 2.3 and 3.4 of the Devicetree Specification v0.4, of the binding "numa" of Linux
// (numa-node-id) and of PAPR (ibm,associativity, whose last cell of memory is the node).
#include "device_tree.hpp"

#include "addressable.hpp"

#include <qember/advanced/vm/ram_trees.hpp>

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::size_t cell_size = 4;
constexpr std::size_t most_depth = 64;
/// Of memory; a node takes a few, and QEMU has at most 128.
constexpr std::size_t most_ranges = 4096;
constexpr std::size_t root_depth = 1, child_depth = 2;

/// Reads the structure from its begin to its end, once. Each step says whether the tree is sound so far.
class TreeReader {
 public:
  TreeReader(ByteView structure, ByteView strings) : structure_(structure), strings_(as_text(strings)) {}

  bool read();
  DeviceTree take() { return std::move(tree_); }

 private:
  /// A child of the root.
  struct Child {
    std::string_view name{};
    bool is_memory = false;
    bool is_enabled = true;
    std::optional<ByteView> reg{};
    std::optional<std::uint32_t> domain{};
  };

  std::optional<std::uint32_t> cell();
  std::optional<ByteView> padded(std::size_t size);
  bool begin_node();
  bool end_node();
  bool property();
  bool root_property(std::string_view name, ByteView value);
  bool child_property(std::string_view name, ByteView value);
  std::optional<std::string_view> name_at(std::uint32_t offset) const;
  bool add_memory();
  bool finish();

  static bool take_cell(ByteView value, std::optional<std::uint32_t>& to);
  static std::string_view first_text(ByteView value);
  static std::uint64_t number(ByteView cells);

  ByteView structure_;
  std::string_view strings_;
  std::size_t at_ = 0;  ///< in the structure
  std::size_t depth_ = 0;
  bool is_in_children_ = false;  ///< no property comes here any more
  bool is_over_ = false;         ///< the root has ended
  std::optional<std::uint32_t> address_cells_, size_cells_;
  Child child_;
  DeviceTree tree_;
};

std::optional<std::uint32_t> TreeReader::cell() {
  const auto bytes = padded(cell_size);
  return bytes ? std::optional(load_be<std::uint32_t>(bytes->data())) : std::nullopt;
}

/// That many bytes, and those up to the next cell.
std::optional<ByteView> TreeReader::padded(std::size_t size) {
  const std::size_t rest = structure_.size() - at_;
  if (size > rest) return std::nullopt;
  const ByteView bytes = structure_.subspan(at_, size);
  at_ += std::min(rest, (size + cell_size - 1) / cell_size * cell_size);
  return bytes;
}

bool TreeReader::take_cell(ByteView value, std::optional<std::uint32_t>& to) {
  if (value.size() != cell_size || to) return false;
  to = load_be<std::uint32_t>(value.data());
  return true;
}

std::string_view TreeReader::first_text(ByteView value) {
  const std::string_view text = as_text(value);
  return text.substr(0, text.find('\0'));
}

/// Of one or two cells.
std::uint64_t TreeReader::number(ByteView cells) {
  return cells.size() == cell_size ? load_be<std::uint32_t>(cells.data())
                                   : load_be<std::uint64_t>(cells.data());
}

/// Longer names than are known are cut: a name costs no more than that.
std::optional<std::string_view> TreeReader::name_at(std::uint32_t offset) const {
  constexpr std::size_t longest = 32;
  if (offset >= strings_.size()) return std::nullopt;
  const std::string_view name = strings_.substr(offset, longest);
  const std::size_t end = name.find('\0');
  if (end == std::string_view::npos && name.size() < longest) return std::nullopt;
  return name.substr(0, end);
}

bool TreeReader::read() {
  enum : std::uint32_t { begins = 1, ends = 2, has_property = 3, is_nothing = 4, is_end = 9 };
  while (const auto token = cell()) {
    bool is_sound = false;
    switch (*token) {
      case begins: is_sound = begin_node(); break;
      case ends: is_sound = end_node(); break;
      case has_property: is_sound = property(); break;
      case is_nothing: is_sound = true; break;
      case is_end: return is_over_ && finish();
      default: break;
    }
    if (!is_sound) return false;
  }
  return false;
}

bool TreeReader::begin_node() {
  if (is_over_ || depth_ == most_depth) return false;
  const std::string_view rest = as_text(structure_.subspan(at_));
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos || !padded(end + 1)) return false;
  ++depth_;
  is_in_children_ = false;
  const std::string_view name = rest.substr(0, end);
  if (depth_ == root_depth) return name.empty();
  if (depth_ == child_depth) child_ = {.name = name};
  return true;
}

bool TreeReader::end_node() {
  if (depth_ == 0) return false;
  const bool is_child = depth_ == child_depth;
  --depth_;
  is_in_children_ = true;
  is_over_ = depth_ == 0;
  return !is_child || !child_.is_memory || !child_.is_enabled || add_memory();
}

bool TreeReader::property() {
  const auto size = cell();
  const auto name = size ? cell() : std::nullopt;
  const auto value = name ? padded(*size) : std::nullopt;
  if (!value || depth_ == 0 || is_in_children_) return false;
  const auto text = name_at(*name);
  if (!text) return false;
  if (depth_ == root_depth) return root_property(*text, *value);
  return depth_ != child_depth || child_property(*text, *value);
}

bool TreeReader::root_property(std::string_view name, ByteView value) {
  if (name == "#address-cells") return take_cell(value, address_cells_);
  if (name == "#size-cells") return take_cell(value, size_cells_);
  if (name != "compatible") return true;
  if (!tree_.compatible.empty()) return false;
  tree_.compatible = first_text(value);
  return true;
}

bool TreeReader::child_property(std::string_view name, ByteView value) {
  if (name == "numa-node-id") return take_cell(value, child_.domain);
  if (name == "device_type") child_.is_memory = first_text(value) == "memory";
  if (name == "status") child_.is_enabled = first_text(value) == "okay" || first_text(value) == "ok";
  if (name == "reg") {
    if (child_.reg) return false;
    child_.reg = value;
  }
  if (name == "ibm,associativity" && value.size() >= 2 * cell_size) {
    const std::uint64_t cells = load_be<std::uint32_t>(value.data());
    return value.size() == (cells + 1) * cell_size && take_cell(value.last(cell_size), child_.domain);
  }
  const bool is_number = value.size() == cell_size || value.size() == 2 * cell_size;
  if (child_.name == "chosen" && name == "linux,initrd-end" && is_number) tree_.initrd_end = number(value);
  return true;
}

bool TreeReader::add_memory() {
  const std::size_t address_cells = address_cells_.value_or(2), size_cells = size_cells_.value_or(1);
  const auto is_number = [](std::size_t cells) { return cells == 1 || cells == 2; };
  if (!child_.reg || !is_number(address_cells) || !is_number(size_cells)) return false;
  const std::size_t address = address_cells * cell_size, all = address + size_cells * cell_size;
  if (child_.reg->size() % all != 0) return false;
  for (ByteView rest = *child_.reg; !rest.empty(); rest = rest.subspan(all)) {
    const MemoryAffinity range{child_.domain.value_or(0), number(rest.first(address)),
                               number(rest.subspan(address, all - address))};
    if (!is_addressable(range.base, range.size)) return false;
    if (range.size == 0) continue;
    if (tree_.memory.size() == most_ranges) return false;
    tree_.memory.push_back(range);
  }
  return true;
}

bool TreeReader::finish() {
  std::ranges::sort(tree_.memory, {}, &MemoryAffinity::base);
  const auto overlaps = [](const MemoryAffinity& low, const MemoryAffinity& high) {
    return high.base - low.base < low.size;
  };
  return std::ranges::adjacent_find(tree_.memory, overlaps) == tree_.memory.end();
}

}  // namespace

std::optional<DeviceTree> parse_device_tree(ByteView bytes) {
  const auto extent = tree_extent(bytes);
  if (!extent || *extent > bytes.size()) return std::nullopt;
  const auto part = [bytes](std::size_t offset_at, std::size_t size_at) {
    return bytes.subspan(load_be<std::uint32_t>(bytes.data() + offset_at),
                         load_be<std::uint32_t>(bytes.data() + size_at));
  };
  TreeReader reader(part(8, 36), part(12, 32));
  return reader.read() ? std::optional(reader.take()) : std::nullopt;
}

}  // namespace qember::vm
