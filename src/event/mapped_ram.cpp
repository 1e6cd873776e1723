// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mapped_ram.hpp"

#include <fmt/format.h>

namespace qember::event {
namespace {

/// QEMU aligns pages to 1 MiB.
constexpr std::uint64_t most_padding = std::uint64_t{2} << 20U;

}  // namespace

Status check_mapped_block(const RamBlock& block, std::uint64_t offset) {
  const auto refuse = [](std::string expected, std::uint64_t found) {
    return Error{Errc::unsupported, 0, {}, std::move(expected), fmt::to_string(found)};
  };
  const MappedRam& mapped = *block.mapped;
  if (mapped.version != 1) return refuse("version 1 of a mapped-ram block", mapped.version);
  if (mapped.page_size < 256 || mapped.page_size > 65536 || (mapped.page_size & (mapped.page_size - 1)) != 0)
    return refuse("a page size of 256 to 65536", mapped.page_size);
  if (block.length % mapped.page_size != 0) return refuse("a block of whole pages", block.length);
  if (is_left_out(block)) return {};
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  if (mapped.base > most) return refuse("a stream in a file", mapped.base);
  const std::uint64_t fields_end = mapped.base + offset + mapped_fields_size(block);
  if (block.length > most || mapped.bitmap_offset < fields_end ||
      mapped.bitmap_offset - fields_end > most_padding)
    return refuse(fmt::format("a bitmap at {}", fields_end), mapped.bitmap_offset);
  const std::uint64_t bitmap_end = mapped.bitmap_offset + mapped_bitmap_size(block);
  if (mapped.pages_offset < bitmap_end || mapped.pages_offset - bitmap_end > most_padding)
    return refuse(fmt::format("pages at {}", bitmap_end), mapped.pages_offset);
  return {};
}

}  // namespace qember::event
