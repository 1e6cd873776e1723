// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core_head.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::dump {

Result<CoreHead> make_core_head(const CoreForm& form, std::span<const device::CpuRegisters> cpus,
                                std::vector<CoreSegment> segments, ByteView vmcoreinfo) {
  const auto is_mapped = [](const CoreSegment& segment) {
    return segment.virtual_address != segment.address;
  };
  const auto kernel = kernel_segment(as_text(vmcoreinfo), segments);
  if (kernel && form.is_64 && std::ranges::none_of(segments, is_mapped)) segments.push_back(*kernel);
  CoreHead head;
  head.notes_offset = core_notes_offset(form, segments.size());
  head.notes = core_notes(form, cpus, vmcoreinfo);
  if (head.notes_offset + head.notes.size() > core_memory_offset)
    return refuse_core("CPUs whose notes take at most 4 MiB", fmt::to_string(cpus.size()));
  head.headers = core_headers(form, segments, head.notes.size());
  return head;
}

}  // namespace qember::dump
