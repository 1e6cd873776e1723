// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/hex_dump.hpp"
#include "verb.hpp"

#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/memory_cursor.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct ReadMemoryOptions {
  std::string file;
  std::string where;
  std::uint64_t length = 256;
  bool is_virtual = false;
  std::uint32_t cpu = 0;
  bool raw = false;
  bool force = false;
  PlaceOptions place;
  ReadOptions read;
};

/// Bytes that are read at once.
constexpr std::size_t most_at_once = std::size_t{64} << 10U;

ExitCode refuse_place(const ReadMemoryOptions& options, const vm::SavedVm& vm, const Error& error) {
  const ExitCode code = fail(options.file, error);
  const bool is_register =
      !options.is_virtual && vm::MemoryCursor::at_virtual(vm, options.where, options.cpu);
  if (is_register)
    say_line(fmt::format("{}: {} is a register, which takes --virtual", options.file, options.where));
  return code;
}

/// Prints up to the first byte that can't be read.
int read(const ReadMemoryOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file)); !status)
    return fail("read", status.error());
  if (options.raw)  // to a terminal only where that is forced
    if (const auto output = io::OutputFile::open("-", options.force); !output)
      return fail("-", output.error());
  auto with = vm::SavedVmOptions::of(options.read.stream_options());
  options.place.apply_to(with);
  auto source = open_input(options.file);
  if (!source) return fail(options.file, source.error());
  auto vm = vm::SavedVm::open(**source, with);
  if (!vm) return fail(options.file, vm.error());
  auto cursor = options.is_virtual ? vm::MemoryCursor::at_virtual(*vm, options.where, options.cpu)
                                   : vm::MemoryCursor::at(*vm, options.where);
  if (!cursor) return refuse_place(options, *vm, cursor.error());
  Lines lines;
  HexDump dump(lines);
  Bytes buffer(most_at_once);
  for (std::uint64_t rest = options.length; rest > 0;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(rest, buffer.size()));
    const std::uint64_t address = cursor->address();
    const auto count = cursor->next(MutableBytes(buffer).first(most));
    if (!count) {
      dump.finish();
      return lines.finish(fail(options.file, count.error()));
    }
    const ByteView bytes = ByteView(buffer).first(*count);
    if (options.raw)
      lines.write(as_text(bytes));
    else
      dump.add(address, bytes);
    rest -= *count;
  }
  dump.finish();
  return lines.finish(exit_ok);
}

std::string parse_length(const std::string& text, std::uint64_t& length) {
  const auto number = vm::parse_number(text);
  if (number) length = *number;
  return number ? "" : "a number of bytes is expected, decimal or 0x and hexadecimal";
}

}  // namespace

void add_read(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "read", "Bytes of the guest's memory, as it was at the end", read);
  add_file(verb, options.file);
  verb.add_option("WHERE", options.where,
                  "A guest-physical ADDRESS, or BLOCK+OFFSET; with --virtual, an ADDRESS or a register")
      ->required();
  add_parsed(verb, "LENGTH", options.length, parse_length, "How many bytes (default: 256)");
  auto* const is_virtual =
      verb.add_flag("--virtual", options.is_virtual, "ADDRESS is a virtual one, by the page tables of a CPU");
  verb.add_option("--cpu", options.cpu, "The number of that CPU")
      ->type_name("N")
      ->capture_default_str()
      ->needs(is_virtual);
  verb.add_flag("--raw", options.raw, "The bytes themselves, and not in hexadecimal");
  add_force(verb, options.force);
  options.place.add_to(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
