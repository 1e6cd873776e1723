// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/elf_core.hpp>

#include "elf_notes.hpp"

#include <elf.h>

namespace qember::dump {

static_assert(sizeof(Elf64_Ehdr) + 65 * sizeof(Elf64_Phdr) <= core_notes_offset);

Bytes core_headers(std::span<const CoreSegment> segments, std::uint64_t notes_size) {
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
  out.u64(core_notes_offset, nowhere, nowhere, notes_size, notes_size, unaligned);
  for (const CoreSegment& segment : segments) {
    out.u32(PT_LOAD, PF_R | PF_W | PF_X);
    out.u64(segment.file_offset, segment.virtual_address, segment.address, segment.size, segment.size,
            unaligned);
  }
  return headers;
}

Bytes core_notes(std::span<const CpuState> cpus, ByteView vmcoreinfo) {
  Bytes notes;
  std::uint32_t thread = 0;
  for (const CpuState& cpu : cpus) put_note(notes, "CORE", NT_PRSTATUS, prstatus(cpu, ++thread));
  for (const CpuState& cpu : cpus) put_note(notes, "QEMU", 0, qemu_cpu_state(cpu));
  if (!vmcoreinfo.empty()) put_note(notes, "VMCOREINFO", 0, vmcoreinfo);
  return notes;
}

}  // namespace qember::dump
