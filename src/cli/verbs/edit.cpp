// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../common_options.hpp"
#include "../render/progress.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <qember/advanced/io/file_checks.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/edit.hpp>

#include <fmt/format.h>

#include <map>

namespace qember::cli {
namespace {

struct EditArguments {
  std::string file = "-";
  std::string output = "-";
  std::string script;
  std::map<std::string_view, std::vector<std::string>> edits;  ///< by their kind
  bool force = false;
  ReadOptions read;
};

struct Described {
  std::string_view kind;
  std::string_view argument;
  std::string_view meaning;
};

// In the order in which they are listed.
constexpr std::array options{
    Described{"set", "DEVICE:FIELD=VALUE", "Another value for a field, or a register"},
    Described{"machine", "NAME", "Another machine type"},
    Described{"resize-block", "NAME=SIZE", "Another length in bytes of a RAM block"},
    Described{"rename-block", "OLD=NEW", "Another name for a RAM block"},
    Described{"drop-block", "NAME", "Leave a RAM block out, with its pages"},
    Described{"drop-section", "DEVICE", "Leave sections out"},
    Described{"rename-section", "DEVICE=NAME[/INSTANCE]", "Another name for a section"},
    Described{"drop-subsection", "DEVICE:NAME", "Leave subsections of a device out"},
    Described{"clear-feature", "DEVICE:NAME",
              "Take a feature from what a virtio device and its driver agreed on"},
    Described{"memory", "BLOCK+OFFSET=HEX|@FILE", "Other bytes in memory"},
    Described{"drop-command", "NAME", "Leave commands out, such as switchover_start"},
    Described{"drop-configuration", "NAME",
              "Leave a part of the configuration out: uuid, another subsection, or a capability"},
};

/// All of a file that an argument names: bytes for memory.
Result<Bytes> read_bytes(const std::string& file, std::size_t most) {
  auto source = container::open_file(file);
  if (!source) return std::move(source.error());
  Bytes bytes(std::min<std::uint64_t>((*source)->size().value_or(most), most) + 1);
  const auto count = (*source)->read_at(0, bytes);
  if (!count) return count.error();
  if (*count == bytes.size() || *count == 0)
    return Error{Errc::usage, 0, "memory", fmt::format("a file of 1 to {} bytes", most), file};
  bytes.resize(*count);
  return bytes;
}

Result<vm::Edit> read_edit(std::string_view kind, const std::string& argument, const Limits& limits) {
  const std::size_t at = argument.find("=@");
  if (kind != "memory" || at == std::string::npos) return vm::parse_edit(kind, argument);
  auto bytes = read_bytes(argument.substr(at + 2), limits.max_section);
  if (!bytes) return std::move(bytes.error());
  return vm::Edit(vm::SetMemory{argument.substr(0, at), std::move(*bytes)});
}

Result<std::vector<vm::Edit>> read_edits(const EditArguments& arguments, const Limits& limits) {
  std::vector<vm::Edit> edits;
  for (const std::string_view kind : vm::edit_kinds()) {
    const auto given = arguments.edits.find(kind);
    if (given == arguments.edits.end()) continue;
    for (const std::string& argument : given->second) {
      auto edit = read_edit(kind, argument, limits);
      if (!edit) return std::move(edit.error());
      edits.push_back(std::move(*edit));
    }
  }
  if (arguments.script.empty()) return edits;
  auto source = container::open_file(arguments.script);
  if (!source) return std::move(source.error());
  auto script = vm::read_script(**source, limits);
  if (!script) return std::move(script.error());
  std::ranges::move(*script, std::back_inserter(edits));
  return edits;
}

int edit(const EditArguments& arguments) {
  const std::array inputs{arguments.file, arguments.script};
  if (auto status = io::check_read_once(std::span(inputs).first(arguments.script.empty() ? 1 : 2)); !status)
    return fail("edit", status.error());
  for (const std::string& input : inputs)
    if (auto status = io::check_not_input(arguments.output, input); !status)
      return fail(arguments.output, status.error());
  vm::EditOptions with;
  with.read = noted(arguments.file, arguments.read.stream_options());
  const auto edits = read_edits(arguments, with.read.limits);
  if (!edits) return fail(arguments.script.empty() ? "edit" : arguments.script, edits.error());
  auto out = io::OutputFile::open(arguments.output, arguments.force);
  if (!out) return fail(arguments.output, out.error());
  auto source = container::open_file(arguments.file);
  if (!source) return fail(arguments.file, source.error());
  Place place(arguments.file);
  with.read.on_opened = [&](const vm::OpenedStream& stream) { place = Place(arguments.file, stream); };
  Progress progress;
  with.progress = [&progress](std::uint64_t offset) { progress.at(offset); };
  const auto drain = [&out](io::Output& output) { return out->drain(output); };
  if (auto status = vm::edit(**source, drain, *edits, with); !status) return fail(place, status.error());
  if (auto status = out->commit(); !status) return fail(arguments.output, status.error());
  return exit_ok;
}

}  // namespace

void add_edit(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("edit", "Change a saved VM, and what depends on the change with it");
  auto arguments = std::make_shared<EditArguments>();
  verb->add_option("FILE", arguments->file, "The stream; - is standard input")->required();
  verb->add_option("-o,--output", arguments->output, "Where to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  for (const Described& each : options)
    verb->add_option("--" + std::string(each.kind), arguments->edits[each.kind], std::string(each.meaning))
        ->type_name(std::string(each.argument))
        ->allow_extra_args(false);
  verb->add_option("--script", arguments->script,
                   "Edits as JSON, an object a line: {\"set\": \"DEVICE:FIELD\", \"to\": VALUE}")
      ->type_name("FILE");
  add_force(*verb, arguments->force);
  arguments->read.add_to(*verb);
  verb->callback([&action, arguments] { action = [arguments] { return edit(*arguments); }; });
}

}  // namespace qember::cli
