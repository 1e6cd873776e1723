// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "elf_extraction.hpp"
#include "extract_ram.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

namespace qember::cli {
namespace {

using Extractions = std::vector<std::unique_ptr<Extraction>>;

Result<Extractions> open_all(const event::Source& source, const ExtractOptions& options) {
  Extractions all;
  const auto add = [&all](auto opened) -> Status {
    if (!opened) return std::move(opened.error());
    all.push_back(std::move(*opened));
    return {};
  };
  if (options.ram)
    if (auto status = add(RamExtraction::open(source, options)); !status) return std::move(status.error());
  if (options.elf)
    if (auto status = add(ElfExtraction::open(source, options)); !status) return std::move(status.error());
  return all;
}

/// Takes out memory as the stream goes by, to its end.
Status read_all(vm::OpenedStream& stream, Extractions& extractions) {
  for (;;) {
    auto event = stream.next();
    if (!event) return std::move(event.error());
    for (auto& each : extractions)
      if (auto status = each->note(*event); !status) return status;
    if (std::holds_alternative<event::StreamEnd>(*event)) return {};
  }
}

/// All files get their names, or none.
ExitCode commit_all(Extractions& extractions, const ExtractOptions& options) {
  const io::SignalsHeld held;
  for (std::size_t i = 0; i < extractions.size(); ++i) {
    const auto status = extractions[i]->commit();
    if (status) continue;
    while (i-- > 0) extractions[i]->undo();
    return fail(options.file, status.error());
  }
  return exit_ok;
}

int extract(const ExtractOptions& options) {
  auto stream = vm::OpenedStream::open(options.file, options.read.stream_options());
  if (!stream) return fail(options.file, stream.error());
  auto extractions = open_all(**stream, options);
  if (!extractions) return fail(options.file, extractions.error());
  ExitCode result = exit_ok;
  if (const auto status = read_all(**stream, *extractions); !status)
    result = fail(options.file, status.error());
  const bool salvages = options.partial && (result == exit_invalid || result == exit_truncated);
  if (result != exit_ok && !salvages) return result;
  bool is_finished = true;
  for (auto& each : *extractions) {
    const auto status = each->finish();
    if (!status) result = worse(result, fail(options.file, status.error()));
    is_finished = is_finished && status;
  }
  if (!is_finished) return result;
  result = worse(result, commit_all(*extractions, options));
  for (const auto& each : *extractions)
    for (const Error& lacking : each->lacking()) result = worse(result, fail(options.file, lacking));
  return result;
}

/// `START:END`, decimal or hexadecimal.
std::string parse_hole(const std::string& text, std::optional<vm::Hole>& hole) {
  const auto colon = text.find(':');
  vm::Hole parsed;
  const bool good =
      colon != std::string::npos && CLI::detail::lexical_cast(text.substr(0, colon), parsed.begin) &&
      CLI::detail::lexical_cast(text.substr(colon + 1), parsed.end) && parsed.begin < parsed.end &&
      parsed.end <= vm::most_address && parsed.begin % 4096 == 0 && parsed.end % 4096 == 0;
  if (good) hole = parsed;
  return good ? "" : "START:END is expected, multiples of 4096 up to 2^52, such as 0xc0000000:0x100000000";
}

}  // namespace

void add_extract(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("extract", "Take the memory out of a stream, as it was at its end");
  auto options = std::make_shared<ExtractOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  auto* forms = verb->add_option_group("forms");
  forms
      ->add_option("--ram", options->ram,
                   "A sparse file for each RAM block, and index.json, in this directory")
      ->type_name("DIR");
  forms->add_option("--elf", options->elf, "An ELF core for gdb, crash and drgn (x86-64)")->type_name("CORE");
  forms->require_option(1, 2);
  verb->add_option("--block", options->blocks, "Only this RAM block; of --elf, the guest's RAM, in its order")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb->add_option_function<std::string>(
          "--hole",
          [options](const std::string& text) {
            const std::string wrong = parse_hole(text, options->hole);
            if (!wrong.empty()) throw CLI::ValidationError("--hole", wrong);
          },
          "Guest-physical addresses that RAM goes around, where machine and size do not tell")
      ->type_name("START:END");
  add_force(*verb, options->force);
  verb->add_flag("--partial", options->partial, "Keep what could be read of a stream with a fault");
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return extract(*options); }; });
}

}  // namespace qember::cli
