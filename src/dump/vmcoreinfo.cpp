// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vmcoreinfo.hpp"

#include <qember/advanced/vm/kernel_note.hpp>
#include <qember/advanced/vm/selector.hpp>

#include <algorithm>
#include <charconv>

namespace qember::dump {
namespace {

constexpr std::string_view vmcoreinfo_name = "VMCOREINFO";
/// The padded name, and how every such text begins.
constexpr std::string_view vmcoreinfo_mark{"VMCOREINFO\0\0OSRELEASE=", 22};
constexpr std::size_t note_header_size = 12;
constexpr std::size_t vmcoreinfo_name_size = 12;
constexpr std::size_t max_vmcoreinfo = std::size_t{64} << 10U;

std::uint32_t load_32(const std::uint8_t* from, bool is_big_endian) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{from[is_big_endian ? 3 - i : i]} << (8 * i);
  return value;
}

/// The size of the text whose name is at `at` in `window`; nothing where no note stands there.
std::optional<std::size_t> vmcoreinfo_size(ByteView window, std::size_t at, bool is_big_endian) {
  if (at < note_header_size) return {};
  const std::uint8_t* header = window.data() + at - note_header_size;
  const std::uint32_t size = load_32(header + 4, is_big_endian);
  const bool fits =
      load_32(header, is_big_endian) == vmcoreinfo_name.size() + 1 && load_32(header + 8, is_big_endian) == 0;
  return fits && size != 0 && size <= max_vmcoreinfo ? std::optional<std::size_t>(size) : std::nullopt;
}

/// A number in the text.
template <class Value>
std::optional<Value> value_of(std::string_view text, std::string_view key, int base) {
  const auto digits = vm::vmcoreinfo_value(text, key);
  Value value = 0;
  if (digits &&
      std::from_chars(digits->data(), digits->data() + digits->size(), value, base).ec == std::errc())
    return value;
  return {};
}

}  // namespace

Bytes read_vmcoreinfo(ByteView note, bool is_big_endian) {
  constexpr std::size_t text_at = note_header_size + vmcoreinfo_name_size;
  const bool begins_so =
      as_text(note).substr(std::min(note.size(), note_header_size)).starts_with(vmcoreinfo_mark);
  const auto size = begins_so ? vmcoreinfo_size(note, note_header_size, is_big_endian) : std::nullopt;
  if (!size || *size > note.size() - text_at) return {};
  const ByteView text = note.subspan(text_at, *size);
  return {text.begin(), text.end()};
}

Result<Bytes> find_vmcoreinfo(SparseMemory& memory, std::uint64_t begin, std::uint64_t end,
                              bool is_big_endian) {
  // Windows overlap by what a mark and the header before it need.
  constexpr std::size_t overlap = 64;
  Bytes window(std::size_t{1} << 20U);
  for (std::uint64_t at = begin; at < end;) {
    const auto data = memory.next_data(at);
    if (!data) return data.error();
    if (!*data) break;
    if (**data > at + overlap) at = **data - overlap;
    if (auto status = memory.read(at, window); !status) return std::move(status.error());
    const std::string_view text = as_text(window);
    for (auto mark = text.find(vmcoreinfo_mark); mark != std::string_view::npos;
         mark = text.find(vmcoreinfo_mark, mark + 1)) {
      const auto size = vmcoreinfo_size(window, mark, is_big_endian);
      if (!size || at + mark + vmcoreinfo_name_size + *size > end) continue;
      Bytes found(*size);
      if (auto status = memory.read(at + mark + vmcoreinfo_name_size, found); !status)
        return std::move(status.error());
      return found;
    }
    at += window.size() - overlap;
  }
  return Bytes{};
}

std::optional<CoreSegment> kernel_segment(std::string_view vmcoreinfo,
                                          std::span<const CoreSegment> segments) {
  // Where x86-64 maps its image, and for how long (Documentation/arch/x86/x86_64/mm.rst of Linux).
  constexpr std::uint64_t map_begin = 0xffffffff80000000;
  constexpr std::uint64_t map_size = std::uint64_t{1} << 30U;
  const auto text = value_of<std::uint64_t>(vmcoreinfo, "SYMBOL(_stext)", 16);
  const auto phys_base = value_of<std::int64_t>(vmcoreinfo, "NUMBER(phys_base)", 10);
  if (!text || !phys_base || *text < map_begin || *text - map_begin >= map_size) return {};
  const std::uint64_t address = *text - map_begin + static_cast<std::uint64_t>(*phys_base);
  for (const CoreSegment& segment : segments) {
    if (address < segment.address || address - segment.address >= segment.size) continue;
    const std::uint64_t skipped = address - segment.address;
    const std::uint64_t size = std::min(segment.size - skipped, map_begin + map_size - *text);
    return CoreSegment{address, segment.file_offset + skipped, size, *text};
  }
  return {};
}

// Of Documentation/admin-guide/kdump/vmcoreinfo.rst of Linux, the part on arm64.
std::optional<std::uint64_t> kernel_page_table(std::string_view vmcoreinfo) {
  const auto table = value_of<std::uint64_t>(vmcoreinfo, "SYMBOL(swapper_pg_dir)", 16);
  const auto offset = vm::vmcoreinfo_value(vmcoreinfo, "NUMBER(kimage_voffset)");
  const auto number = offset ? vm::parse_number(*offset) : std::nullopt;
  return table && number ? std::optional(*table - *number) : std::nullopt;
}

}  // namespace qember::dump
