// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_extraction.hpp"

#include "../output.hpp"
#include "../render/style.hpp"

#include <fmt/format.h>

namespace qember::cli {

Result<std::unique_ptr<Extraction>> ElfExtraction::open(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.elf, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(new ElfExtraction(
      stream, options, options.place.layout_options(stream.contents()), std::move(*output)));
}

namespace {

/// Which kernel it is, and how gdb takes its symbols.
std::string kernel_text(const dump::CoreNotices& notices) {
  const std::string kernel =
      "kernel " + (notices.kernel_release.empty() ? "of an unknown release" : notices.kernel_release);
  if (!notices.kernel_offset) return kernel;
  return fmt::format(
      "{}, {:#x} from where it was linked to be: gdb -c CORE -ex 'symbol-file -o {:#x} VMLINUX'", kernel,
      *notices.kernel_offset, *notices.kernel_offset);
}

}  // namespace

Status ElfExtraction::finish() {
  if (auto status = core_.finish(); !status) return status;
  const auto tell = [this](const std::string& what) {
    say(printable_line(fmt::format("qember: {}: {}", options_.file, what)) + "\n");
  };
  const dump::CoreNotices& notices = core_.notices();
  if (!notices.left_out.empty())
    tell(fmt::format("blocks that are not in the core: {}", fmt::join(notices.left_out, ", ")));
  if (!notices.has_registers) tell("no registers in the core: the stream does not describe its CPUs");
  if (!notices.has_vmcoreinfo) tell("no VMCOREINFO in the core: none was found in the guest's memory");
  if (!notices.kernel_release.empty() || notices.kernel_offset) tell(kernel_text(notices));
  return output_.finish();
}

}  // namespace qember::cli
