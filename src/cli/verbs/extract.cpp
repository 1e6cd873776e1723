// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../report.hpp"
#include "extraction.hpp"
#include "verb.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

using Extractions = std::vector<std::unique_ptr<Extraction>>;

Result<Extractions> open_all(const vm::OpenedStream& stream, const ExtractOptions& options) {
  Extractions all;
  const auto add = [&all](auto opened) -> Status {
    if (!opened) return std::move(opened.error());
    all.push_back(std::move(*opened));
    return {};
  };
  if (options.ram)
    if (auto status = add(open_ram_extraction(stream, options)); !status) return std::move(status.error());
  if (options.elf)
    if (auto status = add(open_elf_extraction(stream, options)); !status) return std::move(status.error());
  if (options.raw)
    if (auto status = add(open_raw_extraction(stream, options)); !status) return std::move(status.error());
  return all;
}

/// Takes out memory as the stream goes by, to its end.
Status read_all(vm::OpenedStream& stream, Extractions& extractions) {
  std::vector<event::Sink*> sinks;
  for (auto& each : extractions) sinks.push_back(each.get());
  return event::pump(stream, sinks);
}

/// All files get their names, or none.
ExitCode commit_all(Extractions& extractions, const Place& place) {
  const io::SignalsHeld held;
  for (std::size_t i = 0; i < extractions.size(); ++i) {
    const auto status = extractions[i]->commit();
    if (status) continue;
    while (i-- > 0) extractions[i]->undo();
    return fail(place, status.error());
  }
  return exit_ok;
}

int extract(const ExtractOptions& options) {
  for (const auto& output : {options.elf, options.raw})
    if (auto status = check_files(options.read.inputs(options.file), output.value_or("")); !status)
      return fail(output.value_or("extract"), status.error());
  Place place(options.file);
  auto stream = open_stream(place, options.read.stream_options());
  if (!stream) return fail(place, stream.error());
  auto extractions = open_all(**stream, options);
  if (!extractions) return fail(place, extractions.error());
  ExitCode result = exit_ok;
  if (const auto status = read_all(**stream, *extractions); !status) result = fail(place, status.error());
  const bool salvages = options.partial && (result == exit_invalid || result == exit_truncated);
  if (result != exit_ok && !salvages) return result;
  bool is_finished = true;
  for (auto& each : *extractions) {
    const auto status = each->finish();
    if (!status) result = worse(result, fail(place, status.error()));
    is_finished = is_finished && status;
  }
  if (!is_finished) return result;
  result = worse(result, commit_all(*extractions, place));
  for (const auto& each : *extractions)
    for (const Error& lacking : each->lacking()) result = worse(result, fail(place, lacking));
  return result;
}

}  // namespace

void add_extract(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "extract", "Take the memory out of a stream, as it was at its end", extract);
  add_file(verb, options.file);
  auto* forms = verb.add_option_group("forms");
  forms
      ->add_option("--ram", options.ram,
                   "A sparse file for each RAM block, and index.json, in this directory")
      ->type_name("DIR");
  auto* const elf = forms->add_option("--elf", options.elf, "An ELF core for gdb, crash and drgn");
  elf->type_name("CORE");
  auto* const raw = forms
                        ->add_option("--raw", options.raw,
                                     "One sparse image of the guest's RAM, in the order of its addresses")
                        ->type_name("IMAGE")
                        ->excludes(elf);
  forms->require_option(1, 2);
  verb.add_option("--block", options.blocks, "Only this RAM block; of --elf, the guest's RAM, in its order")
      ->type_name("BLOCK")
      ->allow_extra_args(false)
      ->excludes(raw);
  verb.add_flag("--paging", options.paging, "In the core, what the kernel has mapped, by its page tables too")
      ->needs(elf);
  options.place.add_to(verb);
  add_force(verb, options.force);
  verb.add_flag("--partial", options.partial, "Keep what could be read of a stream with a fault");
  options.read.add_to(verb);
}

}  // namespace qember::cli
