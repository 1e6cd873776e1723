// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core_head.hpp"

#include <fmt/format.h>

namespace qember::dump {

Result<CoreHead> make_core_head(const CoreForm& form, std::span<const device::CpuRegisters> cpus,
                                std::vector<CoreSegment> segments, ByteView vmcoreinfo) {
  CoreHead head;
  head.notes = core_notes(form, cpus, vmcoreinfo);
  if (core_notes_offset + head.notes.size() > core_memory_offset)
    return refuse_core("CPUs whose notes take at most 4 MiB", fmt::to_string(cpus.size()));
  const auto kernel = kernel_segment(as_text(vmcoreinfo), segments);
  if (kernel && form.is_64) segments.push_back(*kernel);
  head.headers = core_headers(form, segments, head.notes.size());
  return head;
}

}  // namespace qember::dump
