// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "extraction.hpp"
#include "verb.hpp"

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

using Extractions = std::vector<std::unique_ptr<Extraction>>;

Result<Extractions> open_all(const event::Context& context, const ExtractOptions& options) {
  Extractions all;
  const auto add = [&all](auto opened) -> Status {
    if (!opened) return std::move(opened.error());
    all.push_back(std::move(*opened));
    return {};
  };
  if (options.ram)
    if (auto status = add(open_ram_extraction(context, options)); !status) return std::move(status.error());
  if (options.elf)
    if (auto status = add(open_elf_extraction(context, options)); !status) return std::move(status.error());
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
  auto [verb, options] =
      add_verb(app, action, "extract", "Take the memory out of a stream, as it was at its end", extract);
  add_file(verb, options.file);
  auto* forms = verb.add_option_group("forms");
  forms
      ->add_option("--ram", options.ram,
                   "A sparse file for each RAM block, and index.json, in this directory")
      ->type_name("DIR");
  forms->add_option("--elf", options.elf, "An ELF core for gdb, crash and drgn (x86-64)")->type_name("CORE");
  forms->require_option(1, 2);
  verb.add_option("--block", options.blocks, "Only this RAM block; of --elf, the guest's RAM, in its order")
      ->type_name("BLOCK")
      ->allow_extra_args(false);
  add_parsed(verb, "--hole", options.hole, parse_hole,
             "Guest-physical addresses that RAM goes around, where machine and size do not tell")
      ->type_name("START:END");
  add_force(verb, options.force);
  verb.add_flag("--partial", options.partial, "Keep what could be read of a stream with a fault");
  options.read.add_to(verb);
}

}  // namespace qember::cli
