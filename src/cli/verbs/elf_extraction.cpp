// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_extraction.hpp"

#include "../output.hpp"
#include "../render/style.hpp"

#include <qember/advanced/io/file_checks.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace qember::cli {

Result<std::unique_ptr<Extraction>> ElfExtraction::open(const event::Context& context,
                                                        const ExtractOptions& options) {
  if (auto status = io::check_not_input(*options.elf, options.file); !status)
    return std::move(status.error());
  auto output = io::OutputFile::open(*options.elf, options.force);
  if (!output) return std::move(output.error());
  if (*options.elf == "-" || ::lseek(output->fd(), 0, SEEK_CUR) < 0)
    return Error{Errc::usage, 0, *options.elf, "a file, to be written here and there", "a pipe"};
  return std::unique_ptr<Extraction>(new ElfExtraction(context, options, std::move(*output)));
}

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
  return output_.finish();
}

}  // namespace qember::cli
