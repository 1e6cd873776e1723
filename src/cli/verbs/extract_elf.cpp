// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include <qember/advanced/dump/core_writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

/// What a shell takes as it is; else a word in its place.
std::string word_of(const std::string& path) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+=:@%,";
  const bool is_plain = path.find_first_not_of(plain) == std::string::npos && !path.starts_with('-');
  return is_plain ? path : "CORE";
}

/// Which kernel it is, and how gdb takes its symbols.
std::string kernel_text(const dump::CoreNotices& notices, const std::string& core) {
  const std::string kernel =
      "kernel " + (notices.kernel_release.empty() ? "of an unknown release" : notices.kernel_release);
  if (notices.kernel_offset.value_or(0) == 0) return fmt::format("{}: gdb VMLINUX {}", kernel, core);
  return fmt::format("{}, {:#x} from where it was linked to be: gdb -c {} -ex 'symbol-file -o {:#x} VMLINUX'",
                     kernel, *notices.kernel_offset, core, *notices.kernel_offset);
}

class ElfExtraction final : public FileExtraction<dump::CoreWriter> {
 public:
  using FileExtraction::FileExtraction;

 private:
  void tell(const dump::CoreNotices& notices) const override {
    if (!notices.has_registers) say("no registers in the core: the stream does not describe its CPUs");
    if (!notices.has_vmcoreinfo) say("no VMCOREINFO in the core: none was found in the guest's memory");
    if (options().paging && notices.mapped == 0)
      say("no virtual memory in the core: no CPU translates addresses");
    else if (options().paging && !notices.has_kernel)
      say(fmt::format("{} bytes of virtual memory in the core: no CPU has the kernel in its page tables",
                      notices.mapped));
    if (!notices.kernel_release.empty() || notices.kernel_offset)
      say(kernel_text(notices, word_of(*options().elf)));
    if (!options().paging && !notices.has_kernel && !notices.kernel_release.empty())
      say("gdb reads the kernel's memory where the core has its virtual addresses, which --paging adds");
  }
};

}  // namespace

Result<std::unique_ptr<Extraction>> open_elf_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.elf, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(std::make_unique<ElfExtraction>(
      stream, options, FileWords{"core", "zeros"}, *options.elf, std::move(*output),
      dump::CoreOptions{options.blocks, options.place.layout_options(stream.contents()), options.paging}));
}

}  // namespace qember::cli
