// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include "../output.hpp"

#include <qember/advanced/dump/core_writer.hpp>
#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/io/output_file.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace qember::cli {
namespace {

class ElfExtraction final : public Extraction {
 public:
  ElfExtraction(const event::Context& context, const ExtractOptions& options, io::OutputFile output)
      : options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.elf),
        core_(context, file_, {options.blocks, options.hole}, options.read.stream_options().limits) {}

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

Status ElfExtraction::finish() {
  if (auto status = core_.finish(); !status) return status;
  const auto tell = [this](const std::string& what) { say_line(fmt::format("{}: {}", options_.file, what)); };
  const dump::CoreNotices& notices = core_.notices();
  if (!notices.left_out.empty())
    tell(fmt::format("blocks that are not in the core: {}", fmt::join(notices.left_out, ", ")));
  if (!notices.has_registers) tell("no registers in the core: the stream does not describe its CPUs");
  if (!notices.has_vmcoreinfo) tell("no VMCOREINFO in the core: none was found in the guest's memory");
  return output_.finish();
}

}  // namespace

Result<std::unique_ptr<Extraction>> open_elf_extraction(const event::Context& context,
                                                        const ExtractOptions& options) {
  if (auto status = io::check_not_input(*options.elf, options.file); !status)
    return std::move(status.error());
  auto output = io::OutputFile::open(*options.elf, options.force);
  if (!output) return std::move(output.error());
  if (*options.elf == "-" || ::lseek(output->fd(), 0, SEEK_CUR) < 0)
    return Error{Errc::usage, 0, *options.elf, "a file, to be written here and there", "a pipe"};
  return std::unique_ptr<Extraction>(std::make_unique<ElfExtraction>(context, options, std::move(*output)));
}

}  // namespace qember::cli
