// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/elf_core.hpp>

#include "core_target.hpp"

#include <fmt/format.h>

#include <elf.h>

#include <algorithm>

namespace qember::dump {
namespace {

static_assert(sizeof(Elf64_Ehdr) + (1 + most_core_loads) * sizeof(Elf64_Phdr) < core_memory_offset);
static_assert(1 + most_core_loads < PN_XNUM);

constexpr std::uint64_t nowhere = 0, unaligned = 0;

/// An address, an offset or a size: as wide as the machine's.
template <class... Values>
void put_wide(Words& out, bool is_64, Values... values) {
  if (is_64)
    out.u64(values...);
  else
    out.u32(values...);
}

void put_program_header(Words& out, bool is_64, std::uint32_t type, std::uint32_t flags,
                        const CoreSegment& segment) {
  out.u32(type);
  if (is_64) out.u32(flags);
  put_wide(out, is_64, segment.file_offset, segment.virtual_address, segment.address, segment.size,
           segment.size);
  if (!is_64) out.u32(flags);
  put_wide(out, is_64, unaligned);
}

}  // namespace

Result<CoreForm> core_form(std::span<const device::CpuRegisters> cpus, std::string_view architecture,
                           std::span<const CoreSegment> segments) {
  if (!cpus.empty()) architecture = cpus.front().architecture;
  const CoreTarget* const target = find_target(architecture);
  if (target == nullptr)
    return Error{Errc::unsupported, 0, "ELF core", fmt::format("a machine of {}", names_of_targets()),
                 "CPUs that the stream does not describe"};
  // What follows the end of the file's memory has offsets of 32 bits as well.
  const auto fits_in_32 = [](const CoreSegment& segment) {
    constexpr std::uint64_t end = std::uint64_t{1} << 32U;
    return segment.address + segment.size <= end && segment.file_offset + segment.size < end;
  };
  const bool is_64 = target->is_64 || !std::ranges::all_of(segments, fits_in_32);
  return CoreForm{target->machine, is_64, is_big_endian(*target, cpus)};
}

std::uint64_t core_notes_offset(const CoreForm& form, std::size_t segments) {
  constexpr std::uint64_t page = 4096;
  const std::uint64_t header = form.is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  const std::uint64_t each = form.is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
  return (header + (1 + segments) * each + page - 1) / page * page;
}

Bytes core_headers(const CoreForm& form, std::span<const CoreSegment> segments, std::uint64_t notes_size) {
  Bytes headers{ELFMAG0,
                ELFMAG1,
                ELFMAG2,
                ELFMAG3,
                static_cast<std::uint8_t>(form.is_64 ? ELFCLASS64 : ELFCLASS32),
                static_cast<std::uint8_t>(form.is_big_endian ? ELFDATA2MSB : ELFDATA2LSB),
                EV_CURRENT};
  headers.resize(EI_NIDENT);
  Words out(headers, form.is_big_endian);
  const std::size_t header_size = form.is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  out.u16(ET_CORE, form.machine);
  out.u32(EV_CURRENT);
  put_wide(out, form.is_64, nowhere, std::uint64_t{header_size}, nowhere);
  constexpr std::uint32_t flags = 0;
  out.u32(flags);
  out.u16(header_size, form.is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 1 + segments.size());
  // No section headers: their size, how many, which one has their names.
  out.u16(0, 0, 0);
  put_program_header(out, form.is_64, PT_NOTE, flags,
                     {nowhere, core_notes_offset(form, segments.size()), notes_size, nowhere});
  for (const CoreSegment& segment : segments)
    put_program_header(out, form.is_64, PT_LOAD, PF_R | PF_W | PF_X, segment);
  return headers;
}

Bytes core_notes(const CoreForm& form, std::span<const device::CpuRegisters> cpus, ByteView vmcoreinfo) {
  NoteList notes(form.is_big_endian);
  const CoreTarget* const target = cpus.empty() ? nullptr : find_target(cpus.front().architecture);
  if (target != nullptr) {
    std::uint32_t thread = 0;
    for (const auto& cpu : cpus) target->put_notes(notes, {Values(cpu), ++thread});
    if (target->put_own_note != nullptr)
      for (const auto& cpu : cpus) target->put_own_note(notes, {Values(cpu), 0});
  }
  if (!vmcoreinfo.empty()) notes.add("VMCOREINFO", 0, vmcoreinfo);
  return notes.bytes();
}

}  // namespace qember::dump
