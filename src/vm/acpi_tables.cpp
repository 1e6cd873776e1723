// SPDX-License-Identifier: LGPL-2.1-or-later
#include "acpi_tables.hpp"

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

constexpr std::size_t header_size = 8;  ///< of a table: its signature and its length
constexpr std::size_t most_tables = 256;
/// The ranges of some 25 000 nodes.
constexpr std::size_t most_of_srat = std::size_t{1} << 20U;

std::uint64_t little_endian(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  while (size-- > 0) value = value << 8U | bytes[at + size];
  return value;
}

/// Nothing where a structure leaves the table.
std::vector<MemoryAffinity> parse_srat(ByteView table) {
  constexpr std::size_t first_structure = 48, memory_size = 40;
  constexpr std::uint8_t memory = 1;
  enum : std::uint64_t { enabled = 1, hotpluggable = 2, persistent = 4 };
  std::vector<MemoryAffinity> found;
  for (std::size_t at = first_structure; at < table.size();) {
    const std::size_t size = at + 1 < table.size() ? table[at + 1] : 0;
    if (size < 2 || size > table.size() - at) return {};
    const ByteView each = table.subspan(at, size);
    at += size;
    if (each[0] != memory || size < memory_size) continue;
    const std::uint64_t flags = little_endian(each, 28, 4);
    if ((flags & enabled) == 0) continue;
    found.push_back({static_cast<std::uint32_t>(little_endian(each, 2, 4)), little_endian(each, 8, 8),
                     little_endian(each, 16, 8), (flags & hotpluggable) != 0, (flags & persistent) != 0});
  }
  return found;
}

}  // namespace

Result<std::vector<MemoryAffinity>> read_memory_affinity(
    std::uint64_t size, const std::function<Status(std::uint64_t offset, MutableBytes to)>& read) {
  std::uint64_t at = 0;
  for (std::size_t table = 0; table < most_tables && size - at >= header_size; ++table) {
    std::array<std::uint8_t, header_size> header{};
    if (auto status = read(at, header); !status) return std::move(status.error());
    const std::uint64_t length = little_endian(header, 4, 4);
    if (length < header_size || length > size - at) break;
    if (as_text(ByteView(header).first(4)) == "SRAT") {
      if (length > most_of_srat) break;
      Bytes srat(static_cast<std::size_t>(length));
      if (auto status = read(at, srat); !status) return std::move(status.error());
      return parse_srat(srat);
    }
    at += length;
  }
  return std::vector<MemoryAffinity>{};
}

}  // namespace qember::vm
