// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../render/obstacles.hpp"
#include "../report.hpp"
#include "edit_for.hpp"
#include "machine_file.hpp"
#include "verb.hpp"

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
  std::string target;
  std::vector<std::string> allowed;  ///< kinds of edits
  bool is_dry_run = false;
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
    Described{"bytes", "DEVICE+OFFSET=HEX", "Other bytes in a section, where show --offsets has them"},
    Described{"vectors", "DEVICE=NUMBER", "How many MSI-X vectors a virtio device on PCI has"},
    Described{"add-default", "DEVICE:FIELD", "Add a field that later versions of QEMU save"},
    Described{"mend-requests", "DEVICE", "Write requests in flight of packed rings as QEMU reads them"},
    Described{"memory", "BLOCK+OFFSET=HEX|@FILE", "Other bytes in memory"},
    Described{"drop-command", "NAME", "Leave commands out, such as switchover_start"},
    Described{"drop-configuration", "NAME",
              "Leave a part of the configuration out: uuid, another subsection, or a capability"},
};

/// All of a file that an argument names: bytes for memory.
Result<Bytes> read_bytes(const std::string& file, std::size_t most) {
  auto bytes = read_begin(file, most + 1);
  if (bytes && (bytes->empty() || bytes->size() > most))
    return Error{Errc::usage, 0, "memory", fmt::format("a file of 1 to {} bytes", most), file};
  return bytes;
}

/// Bytes for memory that are in a file.
struct MemoryFile {
  std::string where;
  std::string file;
};

std::optional<MemoryFile> memory_file(std::string_view kind, const std::string& argument) {
  const std::size_t at = argument.find("=@");
  if (kind != "memory" || at == std::string::npos) return std::nullopt;
  return MemoryFile{argument.substr(0, at), argument.substr(at + 2)};
}

Result<vm::Edit> read_edit(std::string_view kind, const std::string& argument, const Limits& limits) {
  auto memory = memory_file(kind, argument);
  if (!memory) return vm::parse_edit(kind, argument);
  auto bytes = read_bytes(memory->file, limits.max_section);
  if (!bytes) return std::move(bytes.error());
  return vm::Edit(vm::SetMemory{std::move(memory->where), std::move(*bytes)});
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
  return edits;
}

/// Adds those of the script.
Status read_script(const EditArguments& arguments, const Limits& limits, std::vector<vm::Edit>& edits) {
  if (arguments.script.empty()) return {};
  auto source = container::open_file(arguments.script);
  if (!source) return std::move(source.error());
  auto script = vm::read_script(**source, limits);
  if (!script) return std::move(script.error());
  std::ranges::move(*script, std::back_inserter(edits));
  return {};
}

Status check_named(const EditArguments& arguments) {
  std::vector<std::string> inputs = arguments.read.inputs(arguments.file);
  for (const std::string& each : {arguments.script, arguments.target})
    if (!each.empty()) inputs.push_back(each);
  for (const auto& [kind, given] : arguments.edits)
    for (const std::string& argument : given)
      if (auto memory = memory_file(kind, argument)) inputs.push_back(std::move(memory->file));
  if (auto status = check_files(inputs, arguments.output); !status) return status;
  if (arguments.target.empty()) return {};
  for (const std::string& input : arguments.read.inputs(arguments.file)) {
    const auto is_seekable = io::is_seekable(input);
    if (!is_seekable) return is_seekable.error();
    if (!*is_seekable) return Error{Errc::usage, 0, "--for", "a file, which is read twice", input};
  }
  if (arguments.output != "-" || arguments.is_dry_run) return {};
  return Error{Errc::usage, 0, "--for", "a file to write, with -o", "standard output"};
}

/// Writes what the edits make of the stream.
ExitCode write(const EditArguments& arguments, std::span<const vm::Edit> edits) {
  vm::EditOptions with;
  Place place(arguments.file);
  with.read = noted(place, arguments.read.stream_options());
  auto out = io::OutputFile::open(arguments.output, arguments.force);
  if (!out) return fail(arguments.output, out.error());
  auto source = open_input(arguments.file);
  if (!source) return fail(arguments.file, source.error());
  const auto drain = [&out](io::Output& output) { return out->drain(output); };
  std::shared_ptr<const container::Contents> contents;
  const auto note = with.read.on_contents;
  with.read.on_contents = [&](const auto& found) {
    contents = found;
    if (note) note(found);
  };
  if (auto status = vm::edit(**source, drain, edits, with); !status) return fail(place, status.error());
  if (auto status = out->commit(); !status) return fail(arguments.output, status.error());
  if (contents && contents->libvirt && !contents->libvirt->cookie.empty())
    say_line("the cookie of the libvirt save is as it was");
  return exit_ok;
}

/// Does what lets the stream into a machine, and says what still stands in the way.
int edit_for_target(const EditArguments& arguments, std::vector<vm::Edit> edits) {
  vm::StreamOptions read_other = arguments.read.options_for_another();
  read_other.reorder = false;
  Place place_there(arguments.target);
  const auto there = read_machine(place_there, read_other);
  if (!there) return fail(place_there, there.error());
  Lines out(true);
  {
    vm::StreamOptions read = arguments.read.stream_options();
    read.reorder = false;
    Place place(arguments.file);
    const auto here = read_machine(place, std::move(read));
    if (!here) return fail(place, here.error());
    const auto chosen = choose_edits(out, vm::find_remedies(*here, *there), arguments.allowed, edits);
    if (!chosen && !arguments.is_dry_run)
      say_line("edit: nothing was written: not all that stands in the way may be mended");
    if (!chosen || arguments.is_dry_run) return out.finish(chosen ? exit_ok : exit_invalid);
    edits.insert(edits.end(), chosen->begin(), chosen->end());
  }
  if (const ExitCode code = write(arguments, edits); code != exit_ok) return out.finish(code);
  Place place(arguments.output);
  const auto made = read_machine(place, read_other);
  if (!made) return out.finish(fail(place, made.error()));
  return out.finish(code_of(print_obstacles(out, *made, *there, {}, "", arguments.target), false));
}

int edit(const EditArguments& arguments) {
  if (auto status = check_named(arguments); !status) return fail("edit", status.error());
  const Limits limits = arguments.read.limits();
  auto edits = read_edits(arguments, limits);
  if (!edits) return fail("edit", edits.error());
  if (auto status = read_script(arguments, limits, *edits); !status)
    return fail(arguments.script, status.error());
  if (!arguments.target.empty()) return edit_for_target(arguments, std::move(*edits));
  return write(arguments, *edits);
}

}  // namespace

void add_edit(CLI::App& app, Action& action) {
  auto [verb, arguments] =
      add_verb(app, action, "edit", "Change a saved VM, and what depends on the change with it", edit);
  add_file(verb, arguments.file);
  verb.add_option("-o,--output", arguments.output, "Where to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  for (const Described& each : options)
    verb.add_option("--" + std::string(each.kind), arguments.edits[each.kind], std::string(each.meaning))
        ->type_name(std::string(each.argument))
        ->allow_extra_args(false);
  verb.add_option("--script", arguments.script,
                  R"(Edits as JSON, an object a line: {"set": "DEVICE:FIELD", "to": VALUE})")
      ->type_name("FILE");
  auto* target = verb.add_option("--for", arguments.target,
                                 "Do what lets the stream into the machine that saved TARGET, see "
                                 "qember-preflight")
                     ->type_name("TARGET");
  verb.add_option("--allow", arguments.allowed, "With --for, edits of a kind that are safe under a condition")
      ->type_name("KIND")
      ->check(CLI::IsMember(std::vector<std::string>(vm::edit_kinds().begin(), vm::edit_kinds().end()))
                  .description(""))
      ->allow_extra_args(false)
      ->needs(target);
  verb.add_flag("--dry-run", arguments.is_dry_run, "With --for, print what would be done")->needs(target);
  add_force(verb, arguments.force);
  arguments.read.add_to(verb);
}

}  // namespace qember::cli
