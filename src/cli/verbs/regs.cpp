// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/pager.hpp"
#include "../render/registers.hpp"
#include "verb.hpp"

#include <qember/advanced/vm/cpus.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

struct RegsOptions {
  std::string file;
  std::optional<std::uint32_t> cpu;
  bool json = false;
  ColorOption color;
  ReadOptions read;
};

/// What was asked for, and what there is.
Error none_found(const RegsOptions& options, std::size_t cpus) {
  if (!options.cpu || cpus == 0)
    return {Errc::unsupported, 0, "cpu", "a CPU whose registers are in the stream", "none"};
  return {Errc::usage, 0, "cpu", fmt::format("a CPU of the stream, which has {}", cpus),
          fmt::format("cpu/{}", *options.cpu)};
}

int regs(const RegsOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file)); !status)
    return fail("regs", status.error());
  Lines lines(!options.json);
  const vm::StreamOptions stream_options = options.read.stream_options();
  std::size_t cpus = 0;
  std::size_t printed = 0;
  const Style style = options.color.style();
  auto source = open_input(options.file);
  if (!source) return fail(options.file, source.error());
  const Status status = vm::read_cpus(**source, stream_options, [&](vm::Cpu&& cpu) -> Status {
    ++cpus;
    if (options.cpu && cpu.instance != *options.cpu) return {};
    if (printed++ > 0 && !options.json) lines.write("\n");
    if (printed == 1 && options.json) lines.write(registers_json_head());
    lines.write(options.json ? registers_json(cpu) : registers_text(cpu, style));
    return {};
  });
  if (!status) return lines.finish(fail(options.file, status.error()));
  return lines.finish(printed > 0 ? exit_ok : fail(options.file, none_found(options, cpus)));
}

}  // namespace

void add_regs(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "regs", "The registers of every CPU, by the names of its architecture", regs);
  add_file(verb, options.file);
  verb.add_option("--cpu", options.cpu, "Only the CPU of this number, as in cpu/0")->type_name("N");
  verb.add_flag("--json", options.json, "A JSON object a line, one a CPU");
  options.color.add_to(verb);
  add_pager(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
