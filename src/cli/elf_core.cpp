// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_core.hpp"

#include "elf_notes.hpp"
#include "extract_files.hpp"

#include <algorithm>

#include <elf.h>
#include <unistd.h>

namespace qember::cli {
namespace {

constexpr std::string_view vmcoreinfo_name = "VMCOREINFO";
/// The padded name, and how every such text begins.
constexpr std::string_view vmcoreinfo_mark{"VMCOREINFO\0\0OSRELEASE=", 22};
constexpr std::size_t note_header_size = 12;
constexpr std::size_t vmcoreinfo_name_size = 12;
constexpr std::size_t max_vmcoreinfo = std::size_t{64} << 10U;

std::uint32_t load_le32(const std::uint8_t* from) {
  return from[0] | std::uint32_t{from[1]} << 8U | std::uint32_t{from[2]} << 16U | std::uint32_t{from[3]} << 24U;
}

/// The size of the text whose name is at `at` in `window`; nothing where no note stands there.
std::optional<std::size_t> vmcoreinfo_size(ByteView window, std::size_t at) {
  if (at < note_header_size) return {};
  const std::uint8_t* header = window.data() + at - note_header_size;
  const std::uint32_t size = load_le32(header + 4);
  const bool fits = load_le32(header) == vmcoreinfo_name.size() + 1 && load_le32(header + 8) == 0;
  return fits && size != 0 && size <= max_vmcoreinfo ? std::optional<std::size_t>(size) : std::nullopt;
}

}  // namespace

static_assert(sizeof(Elf64_Ehdr) + (1 + max_core_segments) * sizeof(Elf64_Phdr) <= core_memory_offset);

Bytes core_headers(std::span<const CoreSegment> segments, std::uint64_t notes_offset, std::uint64_t notes_size) {
  Bytes headers{ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
  headers.resize(EI_NIDENT);
  LittleEndian out(headers);
  out.u16(ET_CORE);
  out.u16(EM_X86_64);
  constexpr std::uint64_t entry = 0, section_headers = 0;
  out.u32(EV_CURRENT);
  out.u64(entry, sizeof(Elf64_Ehdr), section_headers);
  constexpr std::uint32_t flags = 0;
  out.u32(flags);
  out.u16(sizeof(Elf64_Ehdr));
  out.u16(sizeof(Elf64_Phdr));
  out.u16(static_cast<std::uint16_t>(1 + segments.size()));
  // No section headers: their size, how many, which one has their names.
  for (int i = 0; i < 3; ++i) out.u16(0);
  constexpr std::uint64_t nowhere = 0, unaligned = 0;
  out.u32(PT_NOTE, flags);
  out.u64(notes_offset, nowhere, nowhere, notes_size, notes_size, unaligned);
  for (const CoreSegment& segment : segments) {
    out.u32(PT_LOAD, PF_R | PF_W | PF_X);
    out.u64(segment.file_offset, segment.address, segment.address, segment.size, segment.size, unaligned);
  }
  return headers;
}

Bytes core_notes(std::span<const CpuState> cpus, ByteView vmcoreinfo) {
  Bytes notes;
  std::uint32_t thread = 0;
  for (const CpuState& cpu : cpus) put_note(notes, "CORE", NT_PRSTATUS, prstatus(cpu, ++thread));
  for (const CpuState& cpu : cpus) put_note(notes, "QEMU", 0, qemu_cpu_state(cpu));
  if (!vmcoreinfo.empty()) put_note(notes, vmcoreinfo_name, 0, vmcoreinfo);
  return notes;
}

Result<Bytes> find_vmcoreinfo(int fd, std::uint64_t begin, std::uint64_t end, const std::string& name) {
  // Windows overlap by what a mark and the header before it need.
  constexpr std::size_t overlap = 64;
  Bytes window(std::size_t{1} << 20U);
  for (std::uint64_t at = begin; at < end;) {
    const off_t data = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
    // Nothing but holes from here on; where the file system can't tell, all is data.
    if (data < 0 && errno == ENXIO) break;
    if (data > 0 && static_cast<std::uint64_t>(data) > at + overlap) at = static_cast<std::uint64_t>(data) - overlap;
    if (auto status = read_at(fd, at, window, name); !status) return std::move(status.error());
    const std::string_view text = as_text(window);
    for (auto mark = text.find(vmcoreinfo_mark); mark != text.npos; mark = text.find(vmcoreinfo_mark, mark + 1)) {
      const auto size = vmcoreinfo_size(window, mark);
      if (!size || at + mark + vmcoreinfo_name_size + *size > end) continue;
      Bytes found(*size);
      if (auto status = read_at(fd, at + mark + vmcoreinfo_name_size, found, name); !status)
        return std::move(status.error());
      return found;
    }
    at += window.size() - overlap;
  }
  return Bytes{};
}

}  // namespace qember::cli
