// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/kernel_note.hpp>

#include <algorithm>
#include <charconv>

namespace qember::vm {
namespace {

/// Three integers of 32 bits: the sizes of name and text, and the type.
constexpr std::size_t note_header_size = 12;
/// The padded name, and how every such text begins.
constexpr std::string_view mark{"VMCOREINFO\0\0OSRELEASE=", 22};
constexpr std::size_t name_size = 12;

std::uint32_t load_32(const std::uint8_t* from, bool is_big_endian) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{from[is_big_endian ? 3 - i : i]} << (8 * i);
  return value;
}

}  // namespace

std::optional<std::string_view> vmcoreinfo_value(std::string_view text, std::string_view key) {
  for (auto at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    const std::size_t begin = at + key.size();
    const bool is_line = (at == 0 || text[at - 1] == '\n') && begin < text.size() && text[begin] == '=';
    if (is_line) return text.substr(begin + 1, text.find('\n', begin) - begin - 1);
  }
  return {};
}

KernelNote kernel_of(std::string_view vmcoreinfo) {
  constexpr std::string_view line = "OSRELEASE=";
  KernelNote kernel;
  if (vmcoreinfo.starts_with(line)) {
    const std::size_t end = std::min(vmcoreinfo.find('\n'), vmcoreinfo.size());
    kernel.release = vmcoreinfo.substr(line.size(), end - line.size());
  }
  std::uint64_t offset = 0;
  const auto text = vmcoreinfo_value(vmcoreinfo, "KERNELOFFSET");
  if (text && std::from_chars(text->data(), text->data() + text->size(), offset, 16).ec == std::errc())
    kernel.offset = offset;
  return kernel;
}

std::string_view vmcoreinfo_in(ByteView page) noexcept {
  const std::string_view text = as_text(page);
  const std::size_t begin = note_header_size + name_size;
  if (text.size() <= begin || text.substr(note_header_size, mark.size()) != mark) return {};
  for (const bool is_big_endian : {false, true}) {
    const std::uint32_t size = load_32(page.data() + 4, is_big_endian);
    const bool is_note = load_32(page.data(), is_big_endian) == std::string_view("VMCOREINFO").size() + 1 &&
                         load_32(page.data() + 8, is_big_endian) == 0 && size != 0;
    if (is_note) return text.substr(begin, size);
  }
  return {};
}

}  // namespace qember::vm
