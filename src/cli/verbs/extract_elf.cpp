// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include "../output.hpp"

#include <qember/advanced/dump/core_writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

class ElfExtraction final : public Extraction {
 public:
  ElfExtraction(const vm::OpenedStream& stream, const ExtractOptions& options, io::OutputFile output)
      : options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.elf),
        core_(stream, file_, {options.blocks, options.place.layout_options(stream.contents())},
              options.read.stream_options().limits) {}

  using Sink::take;
  Status take(const event::Event& event) override { return core_.take(event); }
  Status finish() override;
  Status commit() override { return output_.commit(); }
  /// It is the last that gets its name.
  void undo() noexcept override {}

 private:
  const ExtractOptions& options_;
  io::OutputFile output_;
  io::SparseFile file_;
  dump::CoreWriter core_;
};

/// Which kernel it is, and how gdb takes its symbols.
std::string kernel_text(const dump::CoreNotices& notices) {
  const std::string kernel =
      "kernel " + (notices.kernel_release.empty() ? "of an unknown release" : notices.kernel_release);
  if (!notices.kernel_offset) return kernel;
  return fmt::format(
      "{}, {:#x} from where it was linked to be: gdb -c CORE -ex 'symbol-file -o {:#x} VMLINUX'", kernel,
      *notices.kernel_offset, *notices.kernel_offset);
}

Status ElfExtraction::finish() {
  if (auto status = core_.finish(); !status) return status;
  const auto tell = [this](const std::string& what) { say_line(fmt::format("{}: {}", options_.file, what)); };
  const dump::CoreNotices& notices = core_.notices();
  if (!notices.left_out.empty())
    tell(fmt::format("blocks that are not in the core: {}", fmt::join(notices.left_out, ", ")));
  if (!notices.has_registers) tell("no registers in the core: the stream does not describe its CPUs");
  if (!notices.has_vmcoreinfo) tell("no VMCOREINFO in the core: none was found in the guest's memory");
  if (!notices.kernel_release.empty() || notices.kernel_offset) tell(kernel_text(notices));
  return output_.finish();
}

}  // namespace

Result<std::unique_ptr<Extraction>> open_elf_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.elf, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(std::make_unique<ElfExtraction>(stream, options, std::move(*output)));
}

}  // namespace qember::cli
